import type { Document, FieldType, IndexDeclaration } from "../../contract.ts";
import type { DeclaredFields } from "../../match.ts";
import { cannotHold } from "../../declared-value.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { addUndeclared, encodeUndeclared } from "../../sql/undeclared.ts";
import { columnType, fromText, sqlType, toBound, type Bound } from "./columns.ts";
import { locate } from "./filter.ts";
import { shortIdentifier } from "./short-identifier.ts";
import type { Texts } from "./statement.ts";

/**
 * Every row of a queue changes twice, so what is dead is cleared away often: an index in which much is dead
 * is slow at its beginning, where claims look.
 */
const tableSettings =
  "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0";

/** How one collection is laid out: its declared fields as columns, all others as JSON in one more. */
export class Table {
  readonly collection: string;
  /** With its schema. */
  readonly name: string;
  readonly fields: DeclaredFields;
  /** Declared fields in order; the column of the rest follows them. */
  readonly columns: readonly string[];
  /** The fields of each unique index. */
  get uniqueKeys(): readonly (readonly string[])[] {
    return this.#uniqueKeys;
  }
  readonly #schema: string;
  #uniqueKeys: readonly (readonly string[])[];

  constructor(
    schema: string,
    collection: string,
    fields: DeclaredFields,
    indexes: readonly IndexDeclaration[] = [],
  ) {
    this.#schema = identifier(schema);
    this.collection = collection;
    this.name = `${this.#schema}.${identifier(collection)}`;
    // Without a prototype, so that no undeclared field is mistaken for one of Object's own.
    this.fields = Object.assign(Object.create(null) as Record<string, FieldType>, fields);
    this.columns = Object.keys(fields);
    this.#uniqueKeys = indexes
      .filter(({ unique }) => unique === true)
      .map((index) => index.fields)
      .filter((key) => key.every((field) => this.fields[field] !== undefined));
  }

  /** The type of a column, by the name of its field. */
  typeOf(column: string): FieldType {
    return this.fields[column] ?? "encoded";
  }

  /** A parameter cast to the type of a column. */
  cast(column: string, parameter: string): string {
    return `${parameter}::${sqlType[this.typeOf(column)]}`;
  }

  createSql(): readonly string[] {
    const columns = [...this.columns, restColumn].map((column) => this.#columnSql(column));
    const bytes = this.columns.filter((column) => this.fields[column] === "bytes");
    return [
      `CREATE TABLE ${this.name} (${columns.join(", ")}) WITH (${tableSettings})`,
      // Chunks of content are compressed already or not worth it.
      ...bytes.map(
        (column) =>
          `ALTER TABLE ${this.name} ALTER COLUMN ${identifier(column)} SET STORAGE EXTERNAL`,
      ),
    ];
  }

  #columnSql(column: string): string {
    return `${identifier(column)} ${columnType(this.typeOf(column))}`;
  }

  /** The statements that add the declared fields which a table of an older schema lacks. */
  addColumnsSql(present: ReadonlySet<string>): readonly string[] {
    return this.columns
      .filter((field) => !present.has(field))
      .map((field) => `ALTER TABLE ${this.name} ADD COLUMN ${this.#columnSql(field)}`);
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
    const isAll = used === Object.keys(document).length;
    row.push(isAll ? null : encodeUndeclared(document, this.fields));
    return row;
  }

  /** One declared field's value as a parameter; `INVALID_VALUE` when the field cannot hold it. */
  toBound(field: string, value: unknown): Bound {
    if (value === undefined || value === null) return null;
    const type = this.fields[field];
    const bound = type === undefined ? undefined : toBound(type, value);
    if (bound === undefined) throw cannotHold(identifier(this.collection), field, type, value);
    return bound;
  }

  /** The columns to select for some fields (all when undefined). */
  selectList(select: readonly string[] | undefined): readonly string[] {
    if (select === undefined) return [...this.columns, restColumn];
    const declared = select.filter((field) => this.fields[field] !== undefined);
    return declared.length === select.length ? declared : [...declared, restColumn];
  }

  /** The document of a row that was selected as `selectList(select)`, from the place `from` of the row on. */
  fromRow(
    row: Texts,
    list: readonly string[],
    select: readonly string[] | undefined,
    from: number,
  ): Document {
    const document: Record<string, unknown> = {};
    for (const [i, column] of list.entries()) {
      const text = row[from + i];
      if (text === null || text === undefined) continue;
      const type = this.fields[column];
      if (type === undefined) addUndeclared(document, text, select);
      else document[column] = fromText(type, text);
    }
    return document;
  }

  indexName(index: IndexDeclaration): string {
    return shortIdentifier(`${this.collection}_by_${index.fields.join("_")}`);
  }

  createIndexSql(index: IndexDeclaration): string {
    const unique = index.unique === true ? "UNIQUE " : "";
    const expression = (path: string): string => {
      const { column, value } = locate(path, this.fields);
      return value === column ? column : `(${value}::text)`;
    };
    // As documents are sorted: absent values first, and last when it is read backwards.
    const keys = index.fields.map((path) => `${expression(path)} NULLS FIRST`).join(", ");
    const where =
      index.sparse === undefined ? "" : ` WHERE ${expression(index.sparse)} IS NOT NULL`;
    return `CREATE ${unique}INDEX IF NOT EXISTS ${this.indexName(index)} ON ${this.name} (${keys})${where}`;
  }

  /** To be called when an index was dropped: what it kept apart may be equal from now on. */
  forgetIndex({ fields }: IndexDeclaration): void {
    this.#uniqueKeys = this.#uniqueKeys.filter((key) => key.join() !== fields.join());
  }

  dropIndexSql(index: IndexDeclaration): string {
    return `DROP INDEX IF EXISTS ${this.#schema}.${this.indexName(index)}`;
  }
}
