import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration, DatabaseDriver } from "../../contract.ts";
import { Connection, retryWhileBusy } from "./connection.ts";
import { SqliteDriver } from "./driver.ts";
import { toAssayError } from "./errors.ts";

/** "ASSY": marks a file as Assay's, so that another program's database is never written to. */
const applicationId = 0x41535359;

export interface SqliteOptions {
  /** The file; its folder is created. */
  readonly path: string;
  /** `full` (default) survives a power cut; `normal` survives a kill, and may lose the last moments on a power cut. */
  readonly durability?: "full" | "normal";
  /** False makes a missing file `NOT_FOUND` instead of creating it. */
  readonly create?: boolean;
  readonly collections: readonly CollectionDeclaration[];
}

/** Opens a SQLite file. Throws `NOT_FOUND`, `STORAGE_UNAVAILABLE` or `CORRUPT`. */
export async function openSqlite(options: SqliteOptions): Promise<DatabaseDriver> {
  const path = resolve(options.path);
  checkPlace(path, options.create !== false);
  return await open(path, path, options.durability ?? "full", options.collections, true);
}

/** A database that lives as long as this process holds it. */
export async function openSqliteInMemory(
  collections: readonly CollectionDeclaration[],
): Promise<DatabaseDriver> {
  return await open(":memory:", "memory:", "normal", collections, false);
}

function checkPlace(path: string, create: boolean): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory() === true) {
    throw new AssayError(
      "STORAGE_UNAVAILABLE",
      `${path} is a folder; name a file in it, such as ${path}/assay.db`,
    );
  }
  if (existing !== undefined) return;
  if (!create) {
    throw new AssayError(
      "NOT_FOUND",
      `There is no database at ${path} yet; "assay run" creates it`,
      {
        details: { path },
      },
    );
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new AssayError("STORAGE_UNAVAILABLE", `The folder ${dirname(path)} cannot be created`, {
      details: { path },
      cause: error,
    });
  }
}

async function open(
  file: string,
  location: string,
  durability: "full" | "normal",
  collections: readonly CollectionDeclaration[],
  shared: boolean,
): Promise<DatabaseDriver> {
  const raw = await retryWhileBusy(location, () => new Sqlite(file, { timeout: 0 }));
  try {
    const connection = new Connection(raw, location);
    await prepare(connection, durability);
    const driver = new SqliteDriver(connection, collections, { shared });
    await driver.start();
    return driver;
  } catch (error) {
    raw.close();
    throw toAssayError(error, location);
  }
}

async function prepare(connection: Connection, durability: "full" | "normal"): Promise<void> {
  const { raw, location } = connection;
  await connection.read(() => {
    raw.pragma(`synchronous = ${durability}`);
    // Checkpoints write pages at random and sync the file: larger ones rewrite hot pages less often.
    raw.pragma("wal_autocheckpoint = 8000");
    raw.pragma("cache_size = -32000");
  });
  const { mark, tables } = await connection.read(() => contents(raw));
  if (mark === applicationId) return;
  if (mark !== 0 || tables !== 0) {
    throw new AssayError("STORAGE_UNAVAILABLE", `${location} is a database of another program`, {
      details: { location, applicationId: mark },
    });
  }
  await connection.read(() => raw.pragma("journal_mode = WAL"));
  await connection.transaction(() => {
    raw.exec(
      "CREATE TABLE IF NOT EXISTS assay_clock (boot TEXT PRIMARY KEY, offset REAL NOT NULL)",
    );
    raw.exec(
      "CREATE TABLE IF NOT EXISTS assay_indexes (collection TEXT, name TEXT, declaration TEXT, PRIMARY KEY (collection, name))",
    );
    raw.pragma(`application_id = ${String(applicationId)}`);
  });
}

/** Whose database it is and whether it is empty, as of one moment: another process may be creating it. */
function contents(raw: Sqlite.Database): { mark: unknown; tables: unknown } {
  raw.exec("BEGIN");
  try {
    const tables = raw.prepare("SELECT count(*) FROM sqlite_master").pluck().get();
    return { mark: raw.pragma("application_id", { simple: true }), tables };
  } finally {
    raw.exec("COMMIT");
  }
}
