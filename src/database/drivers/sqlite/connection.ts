import { setTimeout as sleep } from "node:timers/promises";
import type Sqlite from "better-sqlite3";
import { Checkpoints } from "./checkpoints.ts";
import { isBusy, toAssayError } from "./errors.ts";
import type { FileGuard } from "./file-guard.ts";

/** Longer than any transaction of ours, by orders of magnitude: whoever holds the file so long is not Assay. */
const lockPatienceMs = 120_000;

/**
 * One connection to a file. SQLite's own busy timeout is unfair between processes and ends in an error, so
 * it is 0 and every entry is retried here, asynchronously and with jitter, until the file is free.
 */
export class Connection {
  readonly raw: Sqlite.Database;
  readonly location: string;
  readonly #guard: FileGuard | undefined;
  readonly #checkpoints: Checkpoints;
  readonly #statements = new Map<string, Sqlite.Statement>();
  readonly #closed: () => Promise<void>;

  /**
   * @param guard what looks after the file, if there is one
   * @param closed what is to be done when the connection was closed
   */
  constructor(
    raw: Sqlite.Database,
    location: string,
    guard?: FileGuard,
    closed: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.raw = raw;
    this.location = location;
    this.#guard = guard;
    this.#checkpoints = new Checkpoints(raw);
    this.#closed = closed;
  }

  /** A prepared statement, prepared once. */
  prepare(sql: string): Sqlite.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.raw.prepare(sql);
      if (this.#statements.size >= 512) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `action` outside a transaction, again while the file is locked. */
  async read<T>(action: () => T): Promise<T> {
    return await retryWhileBusy(this.location, action);
  }

  /** Runs `action` in one transaction that holds the write lock from its beginning. */
  async transaction<T>(action: () => T): Promise<T> {
    return await retryWhileBusy(this.location, () => {
      this.prepare("BEGIN IMMEDIATE").run();
      try {
        const result = action();
        this.#guard?.check();
        this.#checkpoints.look();
        this.prepare("COMMIT").run();
        return result;
      } catch (error) {
        if (this.raw.inTransaction) this.raw.prepare("ROLLBACK").run();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.raw.close();
    await this.#closed();
  }
}

/** Calls a synchronous action until the file is not locked by another process. */
export async function retryWhileBusy<T>(location: string, action: () => T): Promise<T> {
  const giveUpAt = performance.now() + lockPatienceMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw toAssayError(error, location);
      await sleep(Math.random() * Math.min(20, 1 + tries));
    }
  }
}
