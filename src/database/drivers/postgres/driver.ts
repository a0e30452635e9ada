import type {
  BackendDescription,
  BatchOutcome,
  Capabilities,
  CollectionDeclaration,
  DatabaseDriver,
  Document,
  IndexDeclaration,
  Operation,
  Query,
  ReadAndWriteOperation,
  ReadOptions,
  ViewDeclaration,
} from "../../contract.ts";
import { applyBatch } from "./batch.ts";
import { Catalog } from "./catalog.ts";
import { claimStatements } from "./change-statements.ts";
import { findDamages } from "./check.ts";
import { clockSql } from "./clock.ts";
import { hasDependents, isMissingTable } from "./errors.ts";
import { FailedStatement } from "./pipeline.ts";
import { countDocuments, readDocuments } from "./read.ts";
import type { Session } from "./session.ts";
import { once } from "./statement.ts";
import { kindsSql, viewName, viewSql } from "./views.ts";

export interface PostgresDriverOptions {
  readonly session: Session;
  readonly schema: string;
  readonly collections: readonly CollectionDeclaration[];
  readonly warnings: readonly string[];
}

/** PostgreSQL as a database of Assay: a schema of its own, and every batch one transaction. */
export class PostgresDriver implements DatabaseDriver {
  readonly location: string;
  readonly capabilities: Capabilities = { atomicBatch: true, shared: true, views: true };
  readonly warnings: readonly string[];
  readonly #session: Session;
  readonly #schema: string;
  readonly #catalog: Catalog;

  constructor({ session, schema, collections, warnings }: PostgresDriverOptions) {
    this.location = session.location;
    this.warnings = warnings;
    this.#session = session;
    this.#schema = schema;
    this.#catalog = new Catalog(session, schema, collections);
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    await plain(this.#catalog.define(collections));
  }

  async read(collection: string, query: Query, options: ReadOptions): Promise<Document[]> {
    const table = this.#catalog.table(collection);
    return await plain(emptyIfMissing([], readDocuments(this.#session, table, query, options)));
  }

  async count(collection: string, query: Query): Promise<number> {
    const table = this.#catalog.table(collection);
    return await plain(emptyIfMissing(0, countDocuments(this.#session, table, query)));
  }

  async apply(operations: readonly Operation[]): Promise<BatchOutcome> {
    return await plain(this.#applyWithTables(operations));
  }

  /** Looks which tables there are only when one is found missing: it is made, or nothing in it matches. */
  async #applyWithTables(operations: readonly Operation[]): Promise<BatchOutcome> {
    try {
      return await this.#apply(operations, () => true);
    } catch (error) {
      if (!(error instanceof FailedStatement) || !isMissingTable(error.cause)) throw error;
      const inserted = operations
        .filter(({ kind }) => kind === "insert")
        .map(({ collection }) => collection);
      const there = await this.#catalog.ensureTables(inserted);
      return await this.#apply(operations, (name) => there.has(name) || inserted.includes(name));
    }
  }

  async #apply(
    operations: readonly Operation[],
    isThere: (collection: string) => boolean,
  ): Promise<BatchOutcome> {
    const [first] = operations;
    if (first === undefined) return { applied: true, results: [] };
    if (operations.length === 1 && first.kind === "readAndWrite" && isThere(first.collection)) {
      const documents = await this.#claim(first);
      if (documents !== undefined && documents.length === 0 && first.required === true) {
        return { applied: false, failedAt: 0 };
      }
      if (documents !== undefined) {
        return { applied: true, results: [{ count: documents.length, documents }] };
      }
    }
    return await applyBatch(this.#session, operations, (collection) =>
      isThere(collection) ? this.#catalog.table(collection) : undefined,
    );
  }

  /**
   * Changes the first matches that nobody else is changing; only when there are none of those are others
   * waited for, since what they do may be undone. Undefined when SQL alone cannot say it.
   */
  async #claim(operation: ReadAndWriteOperation): Promise<Document[] | undefined> {
    const table = this.#catalog.table(operation.collection);
    const claim = claimStatements(table, operation, "skip");
    if (claim === undefined) return undefined;
    const documents = claim.documents(await this.#session.run(claim.statements));
    if (documents.length > 0 || operation.limit === 0) return documents;
    const waiting = claimStatements(table, operation, "wait");
    if (waiting === undefined) return undefined;
    return waiting.documents(await this.#session.run(waiting.statements));
  }

  async indexes(collection: string): Promise<readonly IndexDeclaration[]> {
    return await plain(this.#catalog.indexes(collection));
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await plain(this.#catalog.ensureIndex(collection, index));
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await plain(this.#catalog.dropIndex(collection, index));
  }

  async replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void> {
    for (const name of drop) await plain(this.#replaceView(name, undefined));
    for (const view of views) await plain(this.#replaceView(view.name, view));
  }

  /** A view that others depend on stays as it is: they are not Assay's to drop. */
  async #replaceView(name: string, view: ViewDeclaration | undefined): Promise<void> {
    try {
      await this.#session.transaction(async (transaction) => {
        const drop = once(`DROP VIEW IF EXISTS ${viewName(this.#schema, name)}`);
        if (view === undefined) {
          await transaction.commit([drop]);
          return;
        }
        const table = this.#catalog.table(view.collection);
        const asks = kindsSql(view, table);
        const [kinds] = asks === undefined ? [] : await transaction.run([once(asks)]);
        const create = once(viewSql(this.#schema, view, table, kinds?.rows[0]));
        await transaction.commit([drop, create]);
      });
    } catch (error) {
      if (!(error instanceof FailedStatement) || !hasDependents(error.cause)) throw error;
    }
  }

  async now(): Promise<number> {
    const [result] = await plain(this.#session.run([{ sql: `SELECT ${clockSql}`, values: [] }]));
    return Number(result?.rows[0]?.[0]);
  }

  async check(): Promise<readonly string[]> {
    return await plain(findDamages(this.#session, this.#schema));
  }

  async describe(): Promise<BackendDescription> {
    const [result] = await plain(
      this.#session.run([
        once(
          "SELECT current_setting('server_version'), coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'",
          [this.#schema],
        ),
      ]),
    );
    const [version, bytes] = result?.rows[0] ?? [];
    return { product: `PostgreSQL ${version ?? ""}`, bytes: Number(bytes) };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

async function emptyIfMissing<T>(empty: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FailedStatement && isMissingTable(error.cause)) return empty;
    throw error;
  }
}

/** An error that Assay has no words for is told as the server said it. */
async function plain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FailedStatement ? error.cause : error;
  }
}
