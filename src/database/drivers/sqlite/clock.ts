import { bootId, monotonicMs } from "../../../util/boot.ts";
import type { Connection } from "./connection.ts";
import { isReadOnly } from "./errors.ts";

/**
 * How far ahead the file remembers the time: a process writes it once in half of that, and a boot begins at
 * most so much after the last one ended.
 */
const aheadMs = 10_000;

interface StoredClock {
  readonly offset: number;
  /** A time that the clock has not passed yet; absent in files of versions that did not keep it. */
  readonly reached?: number | null;
}

/**
 * The database's clock: the machine's monotonic time plus an offset that the file keeps for this boot, so
 * that all processes read the same time and setting the wall clock moves nothing. A boot starts near the wall
 * clock, but never before a time that an earlier boot may have written: a lease of then is over in its time.
 */
export class Clock {
  readonly #connection: Connection;
  readonly #offset: number;
  #reached: number;

  constructor(connection: Connection, offset: number, reached: number) {
    this.#connection = connection;
    this.#offset = offset;
    this.#reached = reached;
  }

  now(): number {
    return this.#offset + monotonicMs();
  }

  /** To be called in each transaction: the file remembers a time beyond those that the transaction writes. */
  remember(): void {
    const now = this.now();
    if (now <= this.#reached - aheadMs / 2) return;
    this.#reached = now + aheadMs;
    this.#connection
      .prepare("UPDATE assay_clock SET reached = ? WHERE coalesce(reached, 0) < ?")
      .run(this.#reached, this.#reached);
  }

  /** To be called when a transaction was undone: the file may not remember what was written in it. */
  forget(): void {
    this.#reached = 0;
  }
}

/** Reads the file's clock, or starts it for this boot: for itself alone, if it may only read. */
export async function openClock(connection: Connection): Promise<Clock> {
  const stored = await connection.read(() => readClock(connection));
  if (stored?.reached !== undefined) return toClock(connection, stored);
  try {
    return await connection.transaction(() => {
      addReached(connection);
      return toClock(connection, readClock(connection) ?? startClock(connection));
    });
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return toClock(connection, stored ?? (await connection.read(() => nextClock(connection))));
  }
}

function toClock(connection: Connection, { offset, reached }: StoredClock): Clock {
  return new Clock(connection, offset, reached ?? 0);
}

function readClock(connection: Connection): StoredClock | undefined {
  // By all columns, because a file may have been made without the last.
  const clocks = connection.raw.prepare<[string], StoredClock>(
    "SELECT * FROM assay_clock WHERE boot = ?",
  );
  return clocks.get(bootId());
}

/** The clock of this boot as it is to begin. */
function nextClock({ raw }: Connection): StoredClock {
  const clocks = raw.prepare<[], StoredClock>("SELECT * FROM assay_clock").all();
  const now = Math.max(Date.now(), ...clocks.map(({ reached }) => reached ?? 0));
  return { offset: now - monotonicMs(), reached: now + aheadMs };
}

function startClock(connection: Connection): StoredClock {
  const clock = nextClock(connection);
  connection.prepare("DELETE FROM assay_clock").run();
  connection
    .prepare("INSERT INTO assay_clock (boot, offset, reached) VALUES (?, ?, ?)")
    .run(bootId(), clock.offset, clock.reached);
  return clock;
}

/** Files of versions before kept only the offset. */
function addReached({ raw }: Connection): void {
  const columns = raw.prepare("SELECT name FROM pragma_table_info('assay_clock')").pluck().all();
  if (columns.includes("reached")) return;
  raw.exec("ALTER TABLE assay_clock ADD COLUMN reached REAL");
}
