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
import { define, dropIndex, ensureIndex, readyIndexes } from "./indexes.ts";
import { count, read, readTime } from "./reading.ts";
import { serverVersion } from "./server-settings.ts";
import type { Session } from "./session.ts";
import { apply } from "./writing.ts";

/** Redis as a database of Assay: every operation is a script that nobody sees the middle of. */
export class RedisDriver implements DatabaseDriver {
  readonly capabilities: Capabilities = { atomicBatch: true, shared: true, views: false };
  readonly warnings: readonly string[];
  readonly #session: Session;

  constructor(session: Session, warnings: readonly string[]) {
    this.#session = session;
    this.warnings = warnings;
  }

  get location(): string {
    return this.#session.location;
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    await define(this.#session, collections);
  }

  async read(collection: string, query: Query, options: ReadOptions): Promise<Document[]> {
    return await read(this.#session, collection, query, options);
  }

  async count(collection: string, query: Query): Promise<number> {
    return await count(this.#session, collection, query);
  }

  async apply(operations: readonly Operation[]): Promise<BatchOutcome> {
    return await apply(this.#session, operations);
  }

  async indexes(collection: string): Promise<readonly IndexDeclaration[]> {
    return readyIndexes(await this.#session.catalog(), collection);
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await ensureIndex(this.#session, collection, index);
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await dropIndex(this.#session, collection, index);
  }

  async replaceViews(): Promise<void> {
    // Without the capability `views` there are none.
  }

  async now(): Promise<number> {
    return await readTime(this.#session);
  }

  async describe(): Promise<BackendDescription> {
    return { product: `Redis ${await serverVersion(this.#session.connection)}` };
  }

  async close(): Promise<void> {
    await this.#session.connection.close();
  }
}
