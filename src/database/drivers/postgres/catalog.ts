import { AssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { encodeValue } from "../../../values/encode.ts";
import type { CollectionDeclaration, IndexDeclaration } from "../../contract.ts";
import { indexName, isSameIndex } from "../../index-rule.ts";
import { identifier } from "../../sql/names.ts";
import { isMissingTable } from "./errors.ts";
import { FailedStatement } from "./pipeline.ts";
import type { Session, Transaction } from "./session.ts";
import { once, type Statement } from "./statement.ts";
import { Table } from "./table.ts";

/** Held by whoever changes what tables there are, so that many processes may begin at once. */
export function catalogLock(schema: string): Statement {
  return once("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`assay ${schema}`]);
}

/** The table of which collections have which indexes; by it a schema is known to be Assay's. */
export const indexTable = "assay_indexes";

/** The statements that make a schema Assay's. */
export function schemaStatements(schema: string, isThere: boolean): Statement[] {
  const quoted = identifier(schema);
  const table = `${quoted}.${indexTable}`;
  return [
    ...(isThere ? [] : [once(`CREATE SCHEMA ${quoted}`)]),
    once(
      `CREATE TABLE ${table} (place bigint GENERATED ALWAYS AS IDENTITY, collection text NOT NULL, name text NOT NULL, declaration text NOT NULL, PRIMARY KEY (collection, name))`,
    ),
    once(`COMMENT ON TABLE ${table} IS 'Assay: the indexes of its collections'`),
  ];
}

/** Which collections and indexes there are. */
export class Catalog {
  readonly #session: Session;
  readonly #schema: string;
  readonly #indexTable: string;
  readonly #tables = new Map<string, Table>();
  readonly #declared = new Set<string>();

  constructor(session: Session, schema: string, declared: readonly CollectionDeclaration[]) {
    this.#session = session;
    this.#schema = schema;
    this.#indexTable = `${identifier(schema)}.${indexTable}`;
    for (const collection of declared) this.#declare(collection);
  }

  #declare({ name, fields, indexes }: CollectionDeclaration): void {
    this.#tables.set(name, new Table(this.#schema, name, fields, indexes));
    this.#declared.add(name);
  }

  /** The layout of a collection; one that nobody declared keeps whole documents as JSON. */
  table(collection: string): Table {
    let table = this.#tables.get(collection);
    if (table === undefined) {
      table = new Table(this.#schema, collection, {});
      this.#tables.set(collection, table);
    }
    return table;
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    await this.#change(async (transaction) => {
      const columns = await this.#columns(transaction);
      for (const collection of collections) {
        this.#declare(collection);
        const table = this.table(collection.name);
        const present = columns.get(collection.name);
        const sql =
          present === undefined ? table.createSql() : table.addColumnsSql(new Set(present));
        if (sql.length > 0) await transaction.run(sql.map((one) => once(one)));
        await this.#ensureIndexes(transaction, collection.name, collection.indexes);
      }
    });
  }

  /** The columns of each table that there is. */
  async #columns(transaction: Transaction): Promise<Map<string, string[]>> {
    const [result] = await transaction.run([
      once(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1",
        [this.#schema],
      ),
    ]);
    const columns = new Map<string, string[]>();
    for (const [table = "", column = ""] of result?.rows ?? []) {
      const known = columns.get(table ?? "");
      if (known === undefined) columns.set(table ?? "", [column ?? ""]);
      else known.push(column ?? "");
    }
    return columns;
  }

  /** Makes the tables that nobody declared, and tells which there are. */
  async ensureTables(collections: readonly string[]): Promise<ReadonlySet<string>> {
    return await this.#change(async (transaction) => await this.#ensure(transaction, collections));
  }

  async #ensure(
    transaction: Transaction,
    collections: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const there = new Set((await this.#columns(transaction)).keys());
    const missing = new Set(
      collections.filter((name) => !there.has(name) && !this.#declared.has(name)),
    );
    const sql = [...missing].flatMap((name) => this.table(name).createSql());
    if (sql.length > 0) await transaction.run(sql.map((one) => once(one)));
    return new Set([...there, ...missing]);
  }

  async indexes(collection: string): Promise<IndexDeclaration[]> {
    try {
      const [result] = await this.#session.run([this.#indexesStatement(collection)]);
      return toIndexes(result?.rows ?? []);
    } catch (error) {
      if (error instanceof FailedStatement && isMissingTable(error.cause)) return [];
      throw error;
    }
  }

  #indexesStatement(collection: string): Statement {
    const sql = `SELECT declaration FROM ${this.#indexTable} WHERE collection = $1 ORDER BY place`;
    return once(sql, [collection]);
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#change(async (transaction) => {
      await this.#ensure(transaction, [collection]);
      await this.#ensureIndexes(transaction, collection, [index]);
    });
  }

  async #ensureIndexes(
    transaction: Transaction,
    collection: string,
    indexes: readonly IndexDeclaration[],
  ): Promise<void> {
    const table = this.table(collection);
    const [result] = await transaction.run([this.#indexesStatement(collection)]);
    const there = toIndexes(result?.rows ?? []);
    for (const index of indexes) {
      const declared = there.find((one) => indexName(one) === indexName(index));
      if (declared !== undefined && !isSameIndex(declared, index)) {
        throw new AssayError(
          "CONFLICT",
          `"${collection}" has another index named "${indexName(index)}"; drop it first`,
          { details: { collection, index: indexName(index) } },
        );
      }
      if (declared !== undefined) continue;
      await transaction.run([
        once(table.createIndexSql(index)),
        once(
          `INSERT INTO ${this.#indexTable} (collection, name, declaration) VALUES ($1, $2, $3)`,
          [collection, indexName(index), encodeValue(index)],
        ),
      ]);
    }
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    const table = this.table(collection);
    await this.#change(async (transaction) => {
      await transaction.run([
        once(table.dropIndexSql(index)),
        once(`DELETE FROM ${this.#indexTable} WHERE collection = $1 AND name = $2`, [
          collection,
          indexName(index),
        ]),
      ]);
    });
    table.forgetIndex(index);
  }

  async #change<T>(change: (transaction: Transaction) => Promise<T>): Promise<T> {
    return await this.#session.transaction(async (transaction) => {
      await transaction.run([catalogLock(this.#schema)]);
      const result = await change(transaction);
      await transaction.commit();
      return result;
    });
  }
}

function toIndexes(rows: readonly (readonly (string | null)[])[]): IndexDeclaration[] {
  return rows.map(([text]) => decodeValue(text ?? "") as IndexDeclaration);
}
