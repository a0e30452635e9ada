import { AssayError, isAssayError, type ErrorCode } from "../../../errors/assay-error.ts";

const byPrefix: readonly (readonly [prefix: string, code: ErrorCode, says: string])[] = [
  ["SQLITE_FULL", "STORAGE_FULL", "has no room left on its disk"],
  ["SQLITE_NOTADB", "STORAGE_UNAVAILABLE", "is not an SQLite database"],
  ["SQLITE_CORRUPT", "CORRUPT", "is damaged"],
  ["SQLITE_IOERR_SHORT_READ", "CORRUPT", "is shorter than it should be"],
  // The index of the write-ahead log is a file in memory that is given room on the disk before it is used.
  ["SQLITE_IOERR_SHMSIZE", "STORAGE_FULL", "has no room left on its disk"],
  ["SQLITE_IOERR", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_READONLY_DBMOVED", "STORAGE_UNAVAILABLE", "was removed or replaced while it was in use"],
  ["SQLITE_READONLY", "STORAGE_UNAVAILABLE", "is not writable"],
  ["SQLITE_CANTOPEN", "STORAGE_UNAVAILABLE", "cannot be opened"],
  ["SQLITE_PERM", "STORAGE_UNAVAILABLE", "may not be accessed"],
  ["SQLITE_BUSY", "LOCK_TIMEOUT", "stayed locked by another process"],
  ["SQLITE_LOCKED", "LOCK_TIMEOUT", "stayed locked"],
  ["SQLITE_PROTOCOL", "LOCK_TIMEOUT", "stayed locked by another process"],
];

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const busyCodes = ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"];

/**
 * Whether another connection holds a lock that will go away by itself. `SQLITE_PROTOCOL` is a race for the
 * locks of the write-ahead log that SQLite itself gave up after some tries.
 */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && busyCodes.some((busy) => code.startsWith(busy));
}

/** Whether a statement failed because its table does not exist: then its collection is empty. */
export function isMissingTable(error: unknown): boolean {
  return codeOf(error) === "SQLITE_ERROR" && (error as Error).message.startsWith("no such table");
}

/** Whether a write failed because the file may only be read. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(isAssayError(error) ? error.cause : error)?.startsWith("SQLITE_READONLY") === true;
}

/** Whether a unique index forbids the write. */
function isDuplicate(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}

/** SQLite's errors in Assay's words; all other errors as they are. */
export function toAssayError(error: unknown, location: string): unknown {
  if (isAssayError(error)) return error;
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (isDuplicate(error)) {
    const what = error.message.replace(/^UNIQUE constraint failed: /, "");
    return new AssayError("DUPLICATE", `A document with the same ${what} exists already`, {
      details: { fields: what },
      cause: error,
    });
  }
  const known = byPrefix.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) return error;
  return new AssayError(known[1], `${location} ${known[2]}`, {
    details: { location, sqlite: code },
    cause: error,
  });
}
