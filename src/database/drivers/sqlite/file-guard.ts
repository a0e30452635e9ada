import { realpathSync, statSync, type Stats } from "node:fs";
import Sqlite from "better-sqlite3";
import { AssayError } from "../../../errors/assay-error.ts";

/** What a file was when it was looked at last. */
interface Seen {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
  size: number;
}

/**
 * Notices that the files of a database were taken away below an open connection. SQLite would go on writing to
 * a file that has no name any more, or beside pages that are gone, and everybody would believe the data kept.
 */
export class FileGuard {
  readonly #path: string;
  readonly #raw: Sqlite.Database;
  #pageCount: Sqlite.Statement | undefined;
  #pageSize = 0;
  readonly #database: Seen;
  /** The write-ahead log and its index: they are there, and stay, once a transaction has begun. */
  #log: Seen | undefined;
  #index: Seen | undefined;
  /** The fewest bytes that the database had, log included, since its file had another size. */
  #fewestBytes = Infinity;
  #failure: { readonly error: unknown } | undefined;

  /** @param raw a connection to a file that was just opened */
  constructor(raw: Sqlite.Database) {
    this.#raw = raw;
    // SQLite keeps the log beside the file itself, not beside a link to it.
    this.#path = realpathSync(raw.name);
    const database = see(this.#path);
    if (database === undefined) throw missing(this.#path);
    this.#database = database;
  }

  /**
   * To be called in a transaction before its commit. Throws `STORAGE_UNAVAILABLE` when a file was removed or
   * replaced, `CORRUPT` when one was cut off; from then on always, for what is written later is lost too.
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      this.#look();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  #look(): void {
    this.#log ??= see(`${this.#path}-wal`);
    this.#index ??= see(`${this.#path}-shm`);
    const isWhole =
      this.#isDatabaseWhole() && (this.#log === undefined || this.#isLogWhole(this.#log));
    if (this.#index !== undefined) resize(this.#index);
    if (isWhole) return;
    throw new AssayError("CORRUPT", `${this.#path} was cut off while it was in use`, {
      details: { path: this.#path },
    });
  }

  /** A file becomes shorter when another program makes the database smaller, and then not by more than that. */
  #isDatabaseWhole(): boolean {
    const bytes = this.#bytes();
    this.#fewestBytes = Math.min(this.#fewestBytes, bytes);
    const change = resize(this.#database);
    if (change === 0) return true;
    const isWhole = change > 0 || this.#database.size >= this.#fewestBytes;
    this.#fewestBytes = bytes;
    return isWhole;
  }

  /** The size of the database, what is in the log included. */
  #bytes(): number {
    // Only in a transaction is it certain that the file can be read.
    if (this.#pageCount === undefined) {
      this.#pageCount = this.#raw.prepare("PRAGMA page_count").pluck();
      this.#pageSize = Number(this.#raw.pragma("page_size", { simple: true }));
    }
    return Number(this.#pageCount.get()) * this.#pageSize;
  }

  /** A log becomes shorter when another program has brought all of it into the database. */
  #isLogWhole(log: Seen): boolean {
    if (resize(log) >= 0) return true;
    return log.size === 0 && isReadable(this.#path);
  }
}

/** Looks at a file again; by how many bytes it became longer. */
function resize(seen: Seen): number {
  const stat = stats(seen.path);
  if (stat?.ino !== seen.inode || stat.dev !== seen.device) throw missing(seen.path);
  const change = stat.size - seen.size;
  seen.size = stat.size;
  return change;
}

/** Whether all pages are found by a connection that has none of them in its memory. */
function isReadable(path: string): boolean {
  let fresh: Sqlite.Database | undefined;
  try {
    fresh = new Sqlite(path, { readonly: true });
    return fresh.pragma("quick_check(1)", { simple: true }) === "ok";
  } catch {
    return false;
  } finally {
    fresh?.close();
  }
}

function see(path: string): Seen | undefined {
  const stat = stats(path);
  return stat && { path, device: stat.dev, inode: stat.ino, size: stat.size };
}

/** Undefined where nothing is, or nothing can be reached. */
function stats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function missing(path: string): AssayError {
  return new AssayError(
    "STORAGE_UNAVAILABLE",
    `${path} was removed or replaced while it was in use`,
    { details: { path } },
  );
}
