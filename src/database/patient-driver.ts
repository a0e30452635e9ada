import { setTimeout as sleep } from "node:timers/promises";
import { connectionLossOf } from "./connection-loss.ts";
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
  ViewDeclaration,
} from "./contract.ts";

const firstPauseMs = 50;
const longestPauseMs = 2000;

export interface PatienceOptions {
  /** How long an operation is repeated before its error is thrown, in milliseconds. */
  readonly patienceMs: number;
  /** Hears of each operation that has to wait for the server, with the error of its first try. */
  readonly onOutage?: ((error: unknown) => void) | undefined;
}

/**
 * A driver whose operations wait for a server that cannot be reached, and are repeated when it is back. One
 * that may have been carried out before its connection was lost says so in its outcome.
 */
export class PatientDriver implements DatabaseDriver {
  readonly #driver: DatabaseDriver;
  readonly #options: PatienceOptions;
  readonly #closing = new AbortController();
  readonly check?: NonNullable<DatabaseDriver["check"]>;
  readonly describe?: () => Promise<BackendDescription>;
  readonly backup?: (word: string) => Promise<string>;

  constructor(driver: DatabaseDriver, options: PatienceOptions) {
    this.#driver = driver;
    this.#options = options;
    const check = driver.check?.bind(driver);
    const describe = driver.describe?.bind(driver);
    const backup = driver.backup?.bind(driver);
    if (check !== undefined) this.check = () => this.#repeat(check);
    if (describe !== undefined) this.describe = () => this.#repeat(describe);
    // Not repeated: a copy that was cut off is in the way of the next.
    if (backup !== undefined) this.backup = backup;
  }

  get location(): string {
    return this.#driver.location;
  }

  get capabilities(): Capabilities {
    return this.#driver.capabilities;
  }

  get warnings(): readonly string[] {
    return this.#driver.warnings ?? [];
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    await this.#repeat(() => this.#driver.define(collections));
  }

  async read(collection: string, query: Query, options: ReadOptions): Promise<Document[]> {
    return await this.#repeat(() => this.#driver.read(collection, query, options));
  }

  async count(collection: string, query: Query): Promise<number> {
    return await this.#repeat(() => this.#driver.count(collection, query));
  }

  async apply(operations: readonly Operation[]): Promise<BatchOutcome> {
    const losses: boolean[] = [];
    const outcome = await this.#repeat(
      () => this.#driver.apply(operations),
      (mayBeDone) => losses.push(mayBeDone),
    );
    return losses.includes(true) ? { ...outcome, isRepeated: true } : outcome;
  }

  async indexes(collection: string): Promise<readonly IndexDeclaration[]> {
    return await this.#repeat(() => this.#driver.indexes(collection));
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#repeat(() => this.#driver.ensureIndex(collection, index));
  }

  async dropIndex(collection: string, index: IndexDeclaration): Promise<void> {
    await this.#repeat(() => this.#driver.dropIndex(collection, index));
  }

  async replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void> {
    await this.#repeat(() => this.#driver.replaceViews(views, drop));
  }

  async now(): Promise<number> {
    return await this.#repeat(() => this.#driver.now());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#driver.close();
  }

  /** `lost` hears of each loss, and whether the operation may have been carried out all the same. */
  async #repeat<T>(
    action: () => Promise<T>,
    lost: (mayBeDone: boolean) => unknown = () => undefined,
  ): Promise<T> {
    const { patienceMs, onOutage } = this.#options;
    const giveUpAt = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs, isFirst = true; ; isFirst = false) {
      try {
        return await action();
      } catch (error) {
        const loss = connectionLossOf(error);
        const isClosed = this.#closing.signal.aborted;
        if (loss === undefined || isClosed || performance.now() >= giveUpAt) throw error;
        lost(loss.mayBeDone);
        if (isFirst) onOutage?.(error);
        await this.#pause(pauseMs, error);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  /** Waits, with jitter: those who lost one server together need not all come back together. */
  async #pause(pauseMs: number, error: unknown): Promise<void> {
    try {
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal });
    } catch {
      throw error;
    }
  }
}
