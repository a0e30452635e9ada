import { randomUUID } from "node:crypto";
import { link, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AssayError } from "../../../errors/assay-error.ts";
import type { Connection } from "./connection.ts";
import { toAssayError } from "./errors.ts";

/** All pages in one step: what others write in between would begin the copy anew. */
const allPages = 2 ** 31 - 1;

/**
 * Copies a database, as of one moment, to `FILE.WORD.backup` beside it, or `FILE.WORD-2.backup` where that
 * exists. Under that name there is a whole copy, on the disk, or nothing.
 */
export async function backUp(connection: Connection, word: string): Promise<string> {
  const { raw, location } = connection;
  if (raw.memory) {
    throw new AssayError("UNSUPPORTED", "A database in memory has no place beside it for a copy");
  }
  const temporary = `${location}.${randomUUID()}.tmp`;
  try {
    await createLike(location, temporary);
    await raw.backup(temporary, { progress: () => allPages });
    await flush(temporary);
    const path = await giveName(temporary, `${location}.${word}`);
    await flush(dirname(location));
    return path;
  } catch (error) {
    throw toBackupError(error, location);
  } finally {
    // The copy alone: SQLite makes no other files for it.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Makes an empty file that may be read by the same people as another one. */
async function createLike(model: string, path: string): Promise<void> {
  const { mode } = await stat(model);
  const file = await open(path, "wx", mode & 0o777);
  await file.close();
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file a name that nothing has, which a link does in one step. */
async function giveName(file: string, base: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const path = `${base}${count === 1 ? "" : `-${String(count)}`}.backup`;
    try {
      await link(file, path);
      return path;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function toBackupError(error: unknown, location: string): unknown {
  const known = toAssayError(error, location);
  if (known !== error || !(error instanceof Error)) return known;
  const isFull = "code" in error && error.code === "ENOSPC";
  return new AssayError(
    isFull ? "STORAGE_FULL" : "STORAGE_UNAVAILABLE",
    `${location} cannot be copied beside itself: ${isFull ? "there is no room left on its disk" : error.message}`,
    { details: { location }, cause: error },
  );
}
