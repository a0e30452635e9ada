import type Sqlite from "better-sqlite3";

/** The pages of the log after which it is brought into the file: 128 MB, and 32 MB where others write as well. */
const pagesAlone = 16_000;
const pagesShared = 4000;
/** How many transactions there are from one look for others to the next. */
const lookEvery = 64;

/**
 * How often whoever commits brings the log into the file (a checkpoint), and waits for it: pages are written at random
 * and synced. A run of 10,000 results of 10 KB that has a file for itself ends before the first, and then it is done when
 * the file is closed. Where several write, whoever is held up by a large one would get less of the work than the others.
 */
export class Checkpoints {
  readonly #raw: Sqlite.Database;
  #version: Sqlite.Statement | undefined;
  #seen: unknown;
  #transactions = 0;

  constructor(raw: Sqlite.Database) {
    this.#raw = raw;
    this.#after(pagesAlone);
  }

  /** To be called in every transaction, where nobody keeps from looking. */
  look(): void {
    this.#transactions += 1;
    if (this.#transactions % lookEvery !== 1) return;
    this.#version ??= this.#raw.prepare("PRAGMA data_version").pluck();
    // It changes with what other connections commit, and not with our own.
    const version = this.#version.get();
    this.#after(this.#seen === undefined || version === this.#seen ? pagesAlone : pagesShared);
    this.#seen = version;
  }

  #after(pages: number): void {
    this.#raw.pragma(`wal_autocheckpoint = ${String(pages)}`);
  }
}
