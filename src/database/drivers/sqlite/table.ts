import { AssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { encodeValue } from "../../../values/encode.ts";
import type { Document, FieldType, IndexDeclaration } from "../../contract.ts";
import type { DeclaredFields } from "../../match.ts";
import { identifier, locate, restColumn, type Bound } from "./sql.ts";

const columnType: Readonly<Record<FieldType, string>> = {
  integer: "INTEGER",
  real: "REAL",
  text: "TEXT",
  bytes: "BLOB",
  encoded: "TEXT",
};

/** How one collection is laid out: its declared fields as columns, all others as JSON in one more. */
export class Table {
  readonly name: string;
  readonly fields: DeclaredFields;
  /** Declared fields in order; the column of the rest follows them. */
  readonly columns: readonly string[];
  readonly insertSql: string;

  constructor(collection: string, fields: DeclaredFields) {
    this.name = identifier(collection);
    this.fields = fields;
    this.columns = Object.keys(fields);
    const names = [...this.columns, restColumn].map(identifier);
    this.insertSql = `INTO ${this.name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  }

  createSql(): string {
    const columns = this.columns.map((field) => {
      const type = this.fields[field];
      return `${identifier(field)} ${type === undefined ? "TEXT" : columnType[type]}`;
    });
    return `CREATE TABLE IF NOT EXISTS ${this.name} (${[...columns, `${restColumn} TEXT`].join(", ")})`;
  }

  /** The values of a document, in the order of the columns and the rest. */
  toRow(document: Document): Bound[] {
    const row: Bound[] = [];
    let used = 0;
    for (const field of this.columns) {
      const value = document[field];
      if (value !== undefined) used += 1;
      row.push(this.toBound(field, value));
    }
    row.push(used === Object.keys(document).length ? null : this.#restOf(document));
    return row;
  }

  #restOf(document: Document): string | null {
    const rest = Object.entries(document).filter(
      ([field, value]) => value !== undefined && this.fields[field] === undefined,
    );
    return rest.length === 0 ? null : encodeValue(Object.fromEntries(rest), "document");
  }

  /** One declared field's value for SQLite. A value of another type is a programmer's mistake. */
  toBound(field: string, value: unknown): Bound {
    if (value === undefined || value === null) return null;
    const type = this.fields[field];
    const fits =
      type === "integer" || type === "real"
        ? typeof value === "number"
        : type === "bytes"
          ? value instanceof Uint8Array
          : typeof value === "string";
    if (fits) return value as Bound;
    throw new AssayError(
      "INVALID_VALUE",
      `Field "${field}" of ${this.name} holds ${String(type)}, not ${typeof value}`,
      { details: { field, type } },
    );
  }

  /** The columns to select for some fields (all when undefined). */
  selectList(select: readonly string[] | undefined): readonly string[] {
    if (select === undefined) return [...this.columns, restColumn];
    const declared = select.filter((field) => this.fields[field] !== undefined);
    return declared.length === select.length ? declared : [...declared, restColumn];
  }

  /** The document of a row that was selected as `selectList(select)`, from the place `from` of the row on. */
  fromRow(
    row: readonly unknown[],
    list: readonly string[],
    select: readonly string[] | undefined,
    from = 0,
  ): Document {
    const document: Record<string, unknown> = {};
    for (let i = 0; i < list.length; i += 1) {
      const value = row[from + i];
      if (value === null || value === undefined) continue;
      const field = list[i] ?? restColumn;
      if (field === restColumn && this.fields[field] === undefined) {
        const rest = decodeValue(value as string) as Document;
        for (const key of Object.keys(rest)) {
          if (select === undefined || select.includes(key)) document[key] = rest[key];
        }
      } else document[field] = value;
    }
    return document;
  }

  indexName(collection: string, index: IndexDeclaration): string {
    return identifier(`${collection}_by_${index.fields.join("_")}`);
  }

  createIndexSql(collection: string, index: IndexDeclaration): string {
    const unique = index.unique === true ? "UNIQUE " : "";
    const expression = (path: string): string => {
      const { column, inside } = locate(path, this.fields);
      return inside === "" ? column : `(${column} -> ${inside})`;
    };
    const keys = index.fields.map(expression).join(", ");
    const where =
      index.sparse === undefined ? "" : ` WHERE ${expression(index.sparse)} IS NOT NULL`;
    return `CREATE ${unique}INDEX IF NOT EXISTS ${this.indexName(collection, index)} ON ${this.name} (${keys})${where}`;
  }
}
