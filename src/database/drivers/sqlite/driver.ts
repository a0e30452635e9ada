import type {
  BackendDescription,
  BatchOutcome,
  Capabilities,
  CollectionDeclaration,
  DatabaseDriver,
  Document,
  IndexDeclaration,
  Operation,
  OperationResult,
  Query,
  ReadOptions,
  ViewDeclaration,
} from "../../contract.ts";
import { identifier } from "../../sql/names.ts";
import { backUp } from "./backup.ts";
import { Catalog } from "./catalog.ts";
import { openClock, type Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { describeSqlite, warningsOf } from "./describe.ts";
import { isMissingTable } from "./errors.ts";
import { TableOperations } from "./operations.ts";
import { viewSql } from "./views.ts";

/** Thrown through a transaction to undo it when a required operation changed nothing. */
class Undo extends Error {
  readonly failedAt: number;
  constructor(failedAt: number) {
    super("undone");
    this.failedAt = failedAt;
  }
}

/** A file that is full of damages need not tell them all. */
const mostDamages = 100;

const skipped: OperationResult = { count: 0, documents: [] };

/** SQLite as a database of Assay: one connection, every write in a transaction that holds the write lock. */
export class SqliteDriver implements DatabaseDriver {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly warnings: readonly string[];
  readonly #connection: Connection;
  readonly #catalog: Catalog;
  readonly #operations = new Map<string, TableOperations>();
  #clock: Clock | undefined;

  constructor(
    connection: Connection,
    collections: readonly CollectionDeclaration[],
    capabilities: { readonly shared: boolean },
  ) {
    this.#connection = connection;
    this.#catalog = new Catalog(connection, collections);
    this.location = connection.location;
    this.warnings = warningsOf(connection);
    this.capabilities = { atomicBatch: true, views: true, shared: capabilities.shared };
  }

  /** Reads or starts the clock. */
  async start(): Promise<void> {
    this.#clock = await openClock(this.#connection);
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    await this.#changeCatalog(() => this.#catalog.define(collections));
    this.#operations.clear();
  }

  async read(collection: string, query: Query, options: ReadOptions): Promise<Document[]> {
    const operations = this.#of(collection);
    return await this.#connection.read(() =>
      emptyIfMissing([], () => operations.read(query, options)),
    );
  }

  async count(collection: string, query: Query): Promise<number> {
    const operations = this.#of(collection);
    return await this.#connection.read(() => emptyIfMissing(0, () => operations.count(query)));
  }

  async apply(operations: readonly Operation[]): Promise<BatchOutcome> {
    try {
      const results = await this.#connection.transaction(() => this.#applyAll(operations));
      return { applied: true, results };
    } catch (error) {
      this.#catalog.forgetCreated();
      this.#clock?.forget();
      if (error instanceof Undo) return { applied: false, failedAt: error.failedAt };
      throw error;
    }
  }

  #applyAll(operations: readonly Operation[]): OperationResult[] {
    this.#clock?.remember();
    const results: OperationResult[] = [];
    for (const [place, operation] of operations.entries()) {
      const waits = operation.after;
      const skip = waits !== undefined && (results[waits]?.count ?? 0) === 0;
      const result = skip ? skipped : this.#applyOne(operation);
      if (operation.required === true && result.count === 0) throw new Undo(place);
      results.push(result);
    }
    return results;
  }

  #applyOne(operation: Operation): OperationResult {
    const operations = this.#of(operation.collection);
    if (operation.kind !== "insert") {
      return emptyIfMissing(skipped, () => operations.apply(operation));
    }
    this.#catalog.ensureTable(operation.collection);
    return operations.apply(operation);
  }

  async indexes(collection: string): Promise<readonly IndexDeclaration[]> {
    return await this.#connection.read(() => this.#catalog.indexes(collection));
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#changeCatalog(() => this.#catalog.ensureIndex(collection, index));
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#changeCatalog(() => this.#catalog.dropIndex(collection, index));
  }

  async #changeCatalog(change: () => void): Promise<void> {
    try {
      await this.#connection.transaction(change);
    } catch (error) {
      this.#catalog.forgetCreated();
      throw error;
    }
  }

  async replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void> {
    await this.#connection.transaction(() => {
      for (const name of [...drop, ...views.map((view) => view.name)]) {
        this.#connection.raw.exec(`DROP VIEW IF EXISTS ${identifier(name)}`);
      }
      for (const view of views) {
        this.#connection.raw.exec(viewSql(view, this.#catalog.table(view.collection).fields));
      }
    });
  }

  now(): Promise<number> {
    return Promise.resolve(this.#now());
  }

  async check(): Promise<readonly string[]> {
    const pragma = `PRAGMA integrity_check(${String(mostDamages)})`;
    const lines = await this.#connection.read(() => this.#connection.prepare(pragma).pluck().all());
    return lines.map(String).filter((line) => line !== "ok");
  }

  async describe(): Promise<BackendDescription> {
    return await describeSqlite(this.#connection);
  }

  async backup(word: string): Promise<string> {
    return await backUp(this.#connection, word);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #now(): number {
    if (this.#clock === undefined) throw new TypeError("The SQLite driver was not started");
    return this.#clock.now();
  }

  #of(collection: string): TableOperations {
    let operations = this.#operations.get(collection);
    if (operations === undefined) {
      const table = this.#catalog.table(collection);
      operations = new TableOperations(this.#connection, table, () => this.#now());
      this.#operations.set(collection, operations);
    }
    return operations;
  }
}

function emptyIfMissing<T>(empty: T, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isMissingTable(error)) return empty;
    throw error;
  }
}
