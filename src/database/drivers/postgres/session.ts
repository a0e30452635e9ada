import { setTimeout as sleep } from "node:timers/promises";
import { AssayError } from "../../../errors/assay-error.ts";
import { isConflict, isFatal, isStale, toAssayError } from "./errors.ts";
import { FailedStatement, Pipeline } from "./pipeline.ts";
import type { PostgresClient, PostgresPool } from "./pool.ts";
import { PreparedNames } from "./prepared-names.ts";
import { Slots } from "./slots.ts";
import { once, type Statement, type StatementResult } from "./statement.ts";

/**
 * What the server is told for Assay's statements: each of them is answered by an index, so its plan is made
 * once and for tables of any size. A plan for the few documents at the beginning would be kept too long.
 */
export const plannerSettings: Readonly<Record<string, string>> = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  enable_sort: "off",
  jit: "off",
};

/** How values are written, so that they come back as they went in. */
const textSettings: Readonly<Record<string, string>> = {
  extra_float_digits: "1",
  bytea_output: "hex",
};

function settingsStatement(more: Readonly<Record<string, string>>, isLocal: boolean): Statement {
  const calls = Object.entries({ ...plannerSettings, ...textSettings, ...more }).map(
    ([name, value]) => `set_config('${name}', '${value}', ${String(isLocal)})`,
  );
  return { sql: `SELECT ${calls.join(", ")}`, values: [] };
}

/** For a pool of ours, once a connection; for another's pool, in each transaction, so that nothing of it stays. */
const ofSession = {
  ...settingsStatement({ default_transaction_isolation: "read committed" }, false),
  once: true,
};
const ofTransaction = settingsStatement({}, true);

const mostConflicts = 100;

/**
 * Whether each statement sees what was committed before it, or all see what was before the first: there a
 * change of what others changed meanwhile undoes the transaction, which is repeated.
 */
export type Isolation = "READ COMMITTED" | "REPEATABLE READ";

interface OwnPoolUse {
  readonly size: number;
  readonly end: () => Promise<void>;
}

/** Sends statements over the connections of a pool, and repeats what the server undid for another's sake. */
export class Session {
  readonly location: string;
  readonly #pool: PostgresPool;
  readonly #isOwn: boolean;
  readonly #end: (() => Promise<void>) | undefined;
  readonly #slots: Slots;
  readonly #names = new PreparedNames();
  readonly #isSet = new WeakSet<PostgresClient>();
  #isClosed = false;

  /** @param own what is known of a pool of ours; left out for one that is another's */
  constructor(pool: PostgresPool, location: string, own?: OwnPoolUse) {
    this.#pool = pool;
    this.location = location;
    this.#isOwn = own !== undefined;
    this.#end = own?.end;
    this.#slots = new Slots(own?.size ?? Infinity);
  }

  /** Carries out statements in one round trip and one transaction. */
  async run(statements: readonly Statement[]): Promise<StatementResult[]> {
    return await this.#withClient(
      async (client) => {
        const front = this.#isOwn ? [] : [ofTransaction];
        return await this.#send(client, front, statements);
      },
      () => true,
    );
  }

  /** Runs `action` in one transaction, which it commits at its end. It may be run again. */
  async transaction<T>(
    action: (transaction: Transaction) => Promise<T>,
    isolation: Isolation = "READ COMMITTED",
  ): Promise<T> {
    let isCommitSent = false;
    return await this.#withClient(
      async (client) => {
        const front = [once(`BEGIN ISOLATION LEVEL ${isolation}`)];
        if (!this.#isOwn) front.push(ofTransaction);
        const transaction = new Transaction(
          this.location,
          front,
          async (before, statements, isLast) => {
            isCommitSent = isLast;
            return await this.#send(client, before, statements);
          },
        );
        try {
          return await action(transaction);
        } catch (error) {
          if (!isBroken(error)) await transaction.rollback();
          throw error;
        }
      },
      () => isCommitSent,
    );
  }

  /**
   * Waits for a connection here rather than in the pool: how long the pool may try to connect is for a server
   * that does not answer, not for others who have its connections.
   */
  async #withClient<T>(
    action: (client: PostgresClient) => Promise<T>,
    isAtRisk: () => boolean,
  ): Promise<T> {
    await this.#slots.take();
    try {
      return await this.#repeated(action, isAtRisk);
    } finally {
      this.#slots.give();
    }
  }

  /** Has a connection for `action`; `isAtRisk` tells whether it may have been committed when it fails. */
  async #repeated<T>(
    action: (client: PostgresClient) => Promise<T>,
    isAtRisk: () => boolean,
  ): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const client = await this.#connect();
      let isLost = false;
      const lost = (): void => {
        isLost = true;
      };
      client.on("error", lost);
      try {
        return await action(client);
      } catch (error) {
        isLost ||= isBroken(error);
        if (!(error instanceof FailedStatement)) throw error;
        const isRepeatable = isConflict(error.cause) || isStale(error.cause);
        if (!isRepeatable || tries >= mostConflicts) throw this.#told(error, isAtRisk());
        if (isStale(error.cause)) this.#names.forget();
      } finally {
        // One that is lost may have more to say, to nobody.
        if (!isLost) client.removeListener("error", lost);
        client.release(isLost);
      }
      await sleep(Math.random() * Math.min(50, 2 * (tries + 1)));
    }
  }

  /** The error in Assay's words; as it is when there are none for it, since its place may tell the caller more. */
  #told(error: FailedStatement, isAtRisk: boolean): unknown {
    const told = toAssayError(error.cause, this.location, isAtRisk && error.isSent);
    return told === error.cause ? error : told;
  }

  /** Ends the connections, unless they are another's. Whoever waits for one is told. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end?.();
  }

  async #connect(): Promise<PostgresClient> {
    if (this.#isClosed) throw new AssayError("MODE", `The storage ${this.location} is closed`);
    let client: PostgresClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw toAssayError(error, this.location, false);
    }
    if (!this.#isOwn || this.#isSet.has(client)) return client;
    try {
      await this.#send(client, [], [ofSession]);
    } catch (error) {
      client.release(true);
      throw error instanceof FailedStatement ? this.#told(error, false) : error;
    }
    this.#isSet.add(client);
    return client;
  }

  async #send(
    client: PostgresClient,
    before: readonly Statement[],
    statements: readonly Statement[],
  ): Promise<StatementResult[]> {
    const pipeline = new Pipeline([...before, ...statements], this.#names, before.length);
    client.query(pipeline);
    const results = await pipeline.done;
    return before.length === 0 ? results : results.slice(before.length);
  }
}

/** Whether an error left nothing of its connection. */
function isBroken(error: unknown): boolean {
  return error instanceof FailedStatement && isFatal(error.cause);
}

type Send = (
  before: readonly Statement[],
  statements: readonly Statement[],
  isLast: boolean,
) => Promise<StatementResult[]>;

/** A transaction over several round trips. Its beginning and its end travel with the statements. */
export class Transaction {
  readonly location: string;
  #front: readonly Statement[];
  readonly #send: Send;
  #isBegun = false;
  #number = 0;

  constructor(location: string, front: readonly Statement[], send: Send) {
    this.location = location;
    this.#front = front;
    this.#send = send;
  }

  /** Numbers for what needs a name of its own within the transaction. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  async run(statements: readonly Statement[]): Promise<StatementResult[]> {
    return await this.#next(statements, false);
  }

  /** Carries out statements and commits. */
  async commit(statements: readonly Statement[] = []): Promise<StatementResult[]> {
    const results = await this.#next([...statements, once("COMMIT")], true);
    return results.slice(0, -1);
  }

  async rollback(): Promise<void> {
    if (this.#isBegun) await this.#send([], [once("ROLLBACK")], false);
  }

  async #next(statements: readonly Statement[], isLast: boolean): Promise<StatementResult[]> {
    const front = this.#front;
    this.#front = [];
    this.#isBegun = true;
    return await this.#send(front, statements, isLast);
  }
}
