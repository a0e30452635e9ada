import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { toAssayError } from "./errors.ts";

test.each([
  ["SQLITE_FULL", "STORAGE_FULL", "has no room left on its disk"],
  ["SQLITE_IOERR_SHMSIZE", "STORAGE_FULL", "has no room left on its disk"],
  ["SQLITE_IOERR", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_IOERR_READ", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_IOERR_WRITE", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_IOERR_FSYNC", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_IOERR_SHMOPEN", "STORAGE_UNAVAILABLE", "cannot be read or written"],
  ["SQLITE_IOERR_SHORT_READ", "CORRUPT", "is shorter than it should be"],
  ["SQLITE_READONLY", "STORAGE_UNAVAILABLE", "is not writable"],
  ["SQLITE_READONLY_DIRECTORY", "STORAGE_UNAVAILABLE", "is not writable"],
  ["SQLITE_READONLY_DBMOVED", "STORAGE_UNAVAILABLE", "was removed or replaced while it was in use"],
  ["SQLITE_CANTOPEN", "STORAGE_UNAVAILABLE", "cannot be opened"],
  ["SQLITE_CANTOPEN_ISDIR", "STORAGE_UNAVAILABLE", "cannot be opened"],
  ["SQLITE_CORRUPT_VTAB", "CORRUPT", "is damaged"],
  ["SQLITE_NOTADB", "STORAGE_UNAVAILABLE", "is not an SQLite database"],
  ["SQLITE_BUSY_SNAPSHOT", "LOCK_TIMEOUT", "stayed locked by another process"],
])("%s is %s: %s", (sqlite, code, says) => {
  const error = new Sqlite.SqliteError("disk I/O error", sqlite);
  expect(toAssayError(error, "/data/a.db")).toMatchObject({
    code,
    message: `/data/a.db ${says}`,
    details: { location: "/data/a.db", sqlite },
    cause: error,
  });
});
