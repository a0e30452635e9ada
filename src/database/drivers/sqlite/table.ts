import { AssayError } from "../../../errors/assay-error.ts";
import { LongText } from "../../../values/long-text.ts";
import type { Document, FieldType, IndexDeclaration } from "../../contract.ts";
import type { DeclaredFields } from "../../match.ts";
import { cannotHold, toDeclared } from "../../declared-value.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { addUndeclared, encodeUndeclared } from "../../sql/undeclared.ts";
import { columnType, type Bound } from "./columns.ts";
import { locate } from "./sql.ts";

/** A column of a row: that of a declared field, or (without a type) that of all undeclared ones. */
interface Column {
  readonly name: string;
  readonly type: FieldType | undefined;
}

/** How one collection is laid out: its declared fields as columns, all others as JSON in one more. */
export class Table {
  readonly name: string;
  readonly fields: DeclaredFields;
  /** Declared fields in order; the column of the rest follows them. */
  readonly columns: readonly string[];
  /** How many rows a statement inserts at most: SQLite copies what is bound, and content is large. */
  readonly mostRows: number;
  readonly #all: readonly Column[];
  readonly #rest: Column = { name: restColumn, type: undefined };
  readonly #inserts = new Map<string, string>();

  constructor(collection: string, fields: DeclaredFields) {
    this.name = identifier(collection);
    // Without a prototype, so that no undeclared field is mistaken for one of Object's own.
    this.fields = Object.assign(Object.create(null) as Record<string, FieldType>, fields);
    this.columns = Object.keys(fields);
    this.#all = [...this.columns.map((name) => ({ name, type: fields[name] })), this.#rest];
    this.mostRows = Object.values(fields).includes("bytes") ? 1 : 32;
  }

  #columnSql(field: string): string {
    const type = this.fields[field];
    return `${identifier(field)} ${type === undefined ? "TEXT" : columnType[type]}`;
  }

  /** The statements that add the declared fields which a table of an older schema lacks. */
  addColumnsSql(present: ReadonlySet<unknown>): readonly string[] {
    return this.columns
      .filter((field) => !present.has(field))
      .map((field) => `ALTER TABLE ${this.name} ADD COLUMN ${this.#columnSql(field)}`);
  }

  createSql(): string {
    const columns = this.columns.map((field) => this.#columnSql(field));
    return `CREATE TABLE IF NOT EXISTS ${this.name} (${[...columns, `${restColumn} TEXT`].join(", ")})`;
  }

  /** The columns that a document with these fields has something for. */
  columnsFor(fields: readonly string[]): readonly Column[] {
    const columns = fields.map((name) => ({ name, type: this.fields[name] }));
    const declared = columns.filter(({ type }) => type !== undefined);
    return declared.length === fields.length && declared.length > 0
      ? declared
      : [...declared, this.#rest];
  }

  /** Inserts so many rows of these columns. */
  insertSql(verb: string, columns: readonly Column[], rows: number): string {
    const names = columns.map(({ name }) => identifier(name)).join(", ");
    const key = `${verb} ${String(rows)} ${names}`;
    let sql = this.#inserts.get(key);
    if (sql === undefined) {
      const row = `(${columns.map(() => "?").join(", ")})`;
      sql = `${verb} INTO ${this.name} (${names}) VALUES ${Array(rows).fill(row).join(", ")}`;
      this.#inserts.set(key, sql);
    }
    return sql;
  }

  /** Adds the values of a document, in the order of these columns, to what is bound. */
  addRow(bound: Bound[], document: Document, columns: readonly Column[]): void {
    for (const { name, type } of columns) {
      bound.push(
        type === undefined
          ? encodeUndeclared(document, this.fields)
          : this.#toBound(name, type, document[name]),
      );
    }
  }

  /** The values of a document, in the order of all columns and the rest. */
  toRow(document: Document): Bound[] {
    const row: Bound[] = [];
    this.addRow(row, document, this.#all);
    return row;
  }

  /** One declared field's value for SQLite; `INVALID_VALUE` when the field cannot hold it. */
  toBound(field: string, value: unknown): Bound {
    return this.#toBound(field, this.fields[field], value);
  }

  #toBound(field: string, type: FieldType | undefined, value: unknown): Bound {
    if (value === undefined || value === null) return null;
    const bound = type === undefined ? undefined : toDeclared(type, value);
    if (bound !== undefined) return bound;
    throw cannotHold(this.name, field, type, value);
  }

  /** As `toBound`, for what `assignment` says: a long text as its bytes, which need not be decoded and measured. */
  toAssigned(field: string, value: unknown): Bound {
    const isLong = value instanceof LongText && this.fields[field] === "encoded";
    return isLong ? value.value : this.toBound(field, value);
  }

  /** Sets a declared field to what is bound. */
  assignment(field: string): string {
    return `${identifier(field)} = ${this.fields[field] === "encoded" ? "CAST(? AS TEXT)" : "?"}`;
  }

  /** One declared field's value from its column. */
  #fromColumn(field: string, value: unknown): unknown {
    if (this.fields[field] !== "id") return value;
    if (Buffer.isBuffer(value)) return value.toString("hex");
    throw new AssayError(
      "CORRUPT",
      `The field "${field}" of ${this.name} holds ${typeof value} where an id is kept as bytes; another version of Assay wrote it`,
      { details: { field } },
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
        addUndeclared(document, value as string, select);
      } else document[field] = this.#fromColumn(field, value);
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
