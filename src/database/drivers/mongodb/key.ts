import { createHash } from "node:crypto";
import type { IndexDeclaration } from "../../contract.ts";
import type { DeclaredFields } from "../../match.ts";
import { bytesOf, type Stored } from "./layout.ts";

/**
 * The fields by which documents of a collection are told apart, for an `_id` that follows from them. Many who
 * insert one document at the same time meet at its `_id`, where each waits for the one before. In another unique
 * index of FerretDB, which is an exclusion constraint of PostgreSQL, they would wait for each other, until a
 * deadlock is found a second later.
 */
export class Key {
  readonly fields: readonly string[];

  private constructor(fields: readonly string[]) {
    this.fields = fields;
  }

  /** The first unique index that holds all documents, and whose fields are declared; undefined without one. */
  static of(indexes: readonly IndexDeclaration[], declared: DeclaredFields): Key | undefined {
    const index = indexes.find(({ unique, sparse, fields }) => {
      return unique === true && sparse === undefined && fields.every((field) => declared[field]);
    });
    return index && new Key(index.fields);
  }

  /** The `_id`; undefined for a document that lacks a field. */
  idOf(stored: Stored): string | undefined {
    const values = this.fields.map((field) => stored[field]);
    if (values.some((value) => value === undefined || value === null)) return undefined;
    const parts = values.map((value) => bytesOf(value)?.toString("hex") ?? value);
    return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
  }
}
