import { statSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";
import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration, DatabaseDriver } from "../../contract.ts";
import { createFolder } from "./create-folder.ts";
import { SqliteDriver } from "./driver.ts";
import { openConnection, type Durability } from "./open-connection.ts";

export interface SqliteOptions {
  /** The file; its folder is created. */
  readonly path: string;
  /** Default `full`. */
  readonly durability?: Durability;
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
  const existing = statOf(path);
  if (existing?.isDirectory() === true) {
    throw new AssayError(
      "STORAGE_UNAVAILABLE",
      `${path} is a folder; name a file in it, such as ${path}/assay.db`,
    );
  }
  const isEmpty = existing?.size === 0;
  if (existing !== undefined && (create || !isEmpty)) return;
  if (!create) {
    throw new AssayError(
      "NOT_FOUND",
      isEmpty
        ? `${path} is empty: there is no database in it yet; "assay run" creates it`
        : `There is no database at ${path} yet; "assay run" creates it`,
      {
        details: { path },
      },
    );
  }
  try {
    createFolder(dirname(path));
  } catch (error) {
    throw new AssayError("STORAGE_UNAVAILABLE", `The folder ${dirname(path)} cannot be created`, {
      details: { path },
      cause: error,
    });
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Such as a folder on the way that is a file, or that may not be entered.
    throw new AssayError("STORAGE_UNAVAILABLE", `${path} cannot be opened`, {
      details: { path },
      cause: error,
    });
  }
}

async function open(
  file: string,
  location: string,
  durability: Durability,
  collections: readonly CollectionDeclaration[],
  shared: boolean,
): Promise<DatabaseDriver> {
  const connection = await openConnection(file, location, durability);
  try {
    const driver = new SqliteDriver(connection, collections, { shared });
    await driver.start();
    return driver;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
