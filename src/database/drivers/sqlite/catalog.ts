import { AssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { encodeValue } from "../../../values/encode.ts";
import type { CollectionDeclaration, IndexDeclaration } from "../../contract.ts";
import { indexName, isSameIndex } from "../../index-rule.ts";
import type { Connection } from "./connection.ts";
import { Table } from "./table.ts";

/** Which collections and indexes there are. Every call is inside the caller's transaction or read. */
export class Catalog {
  readonly #connection: Connection;
  readonly #tables = new Map<string, Table>();
  readonly #created = new Set<string>();

  constructor(connection: Connection, declared: readonly CollectionDeclaration[]) {
    this.#connection = connection;
    for (const { name, fields } of declared) this.#tables.set(name, new Table(name, fields));
  }

  /** To be called when a transaction was undone: what it created is gone. */
  forgetCreated(): void {
    this.#created.clear();
  }

  /** The layout of a collection; one that nobody declared keeps whole documents as JSON. */
  table(collection: string): Table {
    let table = this.#tables.get(collection);
    if (table === undefined) {
      table = new Table(collection, {});
      this.#tables.set(collection, table);
    }
    return table;
  }

  define(collections: readonly CollectionDeclaration[]): void {
    for (const { name, fields, indexes } of collections) {
      this.#tables.set(name, new Table(name, fields));
      this.#connection.raw.exec(this.table(name).createSql());
      this.#addMissingColumns(name);
      this.#created.add(name);
      for (const index of indexes) this.ensureIndex(name, index);
    }
  }

  #addMissingColumns(collection: string): void {
    const present = this.#connection.raw
      .prepare("SELECT name FROM pragma_table_info(?)")
      .pluck()
      .all(collection);
    for (const sql of this.table(collection).addColumnsSql(new Set(present))) {
      this.#connection.raw.exec(sql);
    }
  }

  ensureTable(collection: string): void {
    if (this.#created.has(collection)) return;
    const table = this.table(collection);
    if (table.columns.length === 0) this.#connection.raw.exec(table.createSql());
    this.#created.add(collection);
  }

  indexes(collection: string): IndexDeclaration[] {
    const rows = this.#connection
      .prepare("SELECT declaration FROM assay_indexes WHERE collection = ? ORDER BY rowid")
      .pluck()
      .all(collection);
    return rows.map((text) => decodeValue(text as string) as IndexDeclaration);
  }

  ensureIndex(collection: string, index: IndexDeclaration): void {
    this.ensureTable(collection);
    const table = this.table(collection);
    const declared = this.indexes(collection).find((one) => indexName(one) === indexName(index));
    if (declared !== undefined && !isSameIndex(declared, index)) {
      throw new AssayError(
        "CONFLICT",
        `"${collection}" has another index named "${indexName(index)}"; drop it first`,
        { details: { collection, index: indexName(index) } },
      );
    }
    this.#connection.raw.exec(table.createIndexSql(collection, index));
    this.#connection
      .prepare(
        "INSERT OR REPLACE INTO assay_indexes (collection, name, declaration) VALUES (?, ?, ?)",
      )
      .run(collection, table.indexName(collection, index), encodeValue(index));
  }

  dropIndex(collection: string, index: IndexDeclaration): void {
    const name = this.table(collection).indexName(collection, index);
    this.#connection.raw.exec(`DROP INDEX IF EXISTS ${name}`);
    this.#connection
      .prepare("DELETE FROM assay_indexes WHERE collection = ? AND name = ?")
      .run(collection, name);
  }
}
