import type { Db, WriteConcernSettings } from "mongodb";
import { connectionLost } from "../../connection-loss.ts";
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
  ReadOptions,
} from "../../contract.ts";
import { applyBatch } from "./batch.ts";
import { readServerTime } from "./database-mark.ts";
import { isClosed, isUnfound, toAssayError } from "./errors.ts";
import { IndexCatalog } from "./index-catalog.ts";
import { Layout, type Stored } from "./layout.ts";
import { CollectionOperations } from "./operations.ts";
import { ServerClock } from "./server-clock.ts";

export interface MongodbDriverOptions {
  readonly db: Db;
  /** Gives the database by a new client, in place of one that does not find its server; undefined where it cannot. */
  readonly reconnect?: () => Db;
  /** Before the name of every collection. */
  readonly prefix: string;
  readonly location: string;
  readonly writeConcern: WriteConcernSettings;
  readonly warnings: readonly string[];
  readonly collections: readonly CollectionDeclaration[];
  readonly close: () => Promise<void>;
}

/**
 * A database of MongoDB. No transactions, so that no replica set is needed: every operation of a batch is
 * carried out for itself.
 */
export class MongodbDriver implements DatabaseDriver {
  readonly location: string;
  readonly warnings: readonly string[];
  readonly capabilities: Capabilities = { atomicBatch: false, shared: true, views: false };
  readonly #options: MongodbDriverOptions;
  readonly #clock: ServerClock;
  #db: Db;
  #isClosed = false;
  readonly #declared = new Map<string, CollectionDeclaration["fields"]>();
  readonly #operations = new Map<string, CollectionOperations>();

  constructor(options: MongodbDriverOptions) {
    const { prefix, location } = options;
    this.#options = options;
    this.#db = options.db;
    this.location = location;
    this.warnings = options.warnings;
    this.#clock = new ServerClock(async () => await readServerTime(this.#db, prefix, location));
    for (const { name, fields } of options.collections) this.#declared.set(name, fields);
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    for (const { name, fields } of collections) {
      this.#declared.set(name, fields);
      this.#operations.delete(name);
    }
    await this.#guarded(async () => {
      await Promise.all(
        collections.map(async ({ name, indexes }) => await this.#of(name).indexes.ensure(indexes)),
      );
    });
  }

  async read(collection: string, query: Query, options: ReadOptions): Promise<Document[]> {
    return await this.#guarded(async () => await this.#of(collection).read(query, options));
  }

  async count(collection: string, query: Query): Promise<number> {
    return await this.#guarded(async () => await this.#of(collection).count(query));
  }

  async apply(operations: readonly Operation[]): Promise<BatchOutcome> {
    return await this.#guarded(
      async () => await applyBatch(operations, (collection) => this.#of(collection)),
    );
  }

  async indexes(collection: string): Promise<readonly IndexDeclaration[]> {
    return await this.#guarded(async () => await this.#of(collection).indexes.read());
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#guarded(async () => await this.#of(collection).indexes.ensure([index]));
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#guarded(async () => await this.#of(collection).indexes.drop(index));
  }

  async replaceViews(): Promise<void> {
    // Without the capability there are none.
  }

  async now(): Promise<number> {
    return await this.#guarded(async () => await this.#clock.now());
  }

  async describe(): Promise<BackendDescription> {
    const info = await this.#guarded(async () => await this.#db.command({ buildInfo: 1 }));
    const ferretdb: unknown = info["ferretdb"];
    const speaks = `MongoDB ${String(info["version"])}`;
    return { product: ferretdb === undefined ? speaks : `FerretDB as ${speaks}` };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#options.close();
  }

  #of(name: string): CollectionOperations {
    let operations = this.#operations.get(name);
    if (operations === undefined) {
      const { prefix, writeConcern } = this.#options;
      const collection = this.#db.collection<Stored>(prefix + name, {
        writeConcern,
        // What is read decides what is written: never from a server that is behind.
        readPreference: "primary",
      });
      const layout = new Layout(name, this.#declared.get(name) ?? {});
      const indexes = new IndexCatalog(collection, layout);
      operations = new CollectionOperations(collection, layout, indexes, this.#clock);
      this.#operations.set(name, operations);
    }
    return operations;
  }

  async #guarded<T>(action: () => Promise<T>): Promise<T> {
    const db = this.#db;
    try {
      return await action();
    } catch (error) {
      if (isUnfound(error) && db === this.#db) this.#reconnect();
      else if (isClosed(error) && db !== this.#db) {
        throw connectionLost(this.location, { mayBeDone: true }, error);
      }
      throw toAssayError(error, this.location);
    }
  }

  /**
   * Whoever repeats the operation does so by a new client: one that lost its server may fail to see it again
   * (its monitor may wait for ever), and a new one costs no more than a connection.
   */
  #reconnect(): void {
    const { reconnect } = this.#options;
    if (reconnect === undefined || this.#isClosed) return;
    this.#db = reconnect();
    this.#operations.clear();
  }
}
