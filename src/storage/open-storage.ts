import type { DatabaseDriver } from "../database/contract.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { ensureSchema } from "./migrate.ts";
import { collections } from "./schema.ts";
import { parseStorageUrl, type StorageLocation } from "./storage-url.ts";
import { createStorage, type Storage } from "./storage.ts";

export interface OpenStorageOptions {
  /** False makes a storage that does not exist yet `NOT_FOUND` instead of creating it. Default true. */
  readonly create?: boolean;
  /** How long a claim lasts without being renewed. Default 30,000 ms. */
  readonly leaseMs?: number;
  /** Brings an older database up to this Assay's schema. Default false: it is `SCHEMA_OUTDATED`. */
  readonly upgrade?: boolean;
  /** The clock behind the times that people read. Default: the system's. */
  readonly wallClock?: () => Date;
}

/**
 * Opens a storage by its URL: `sqlite:PATH` or a bare path (its folder is created), or `memory:`.
 * Throws `INVALID_VALUE` (unknown scheme), `NOT_FOUND`, `STORAGE_UNAVAILABLE`, `SCHEMA_OUTDATED`,
 * `SCHEMA_NEWER`.
 *
 * @example
 * await using storage = await openStorage("sqlite:assay.db");
 * console.log(await storage.getProgress("penguins"));
 */
export async function openStorage(url: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const driver = await openDriver(url, options.create !== false);
  const database = new ManagedDatabase(driver);
  try {
    await ensureSchema(database, options.upgrade === true ? { upgrade: true } : {});
  } catch (error) {
    await database.close();
    throw error;
  }
  return createStorage({
    database,
    wallClock: options.wallClock ?? (() => new Date()),
    leaseMs: options.leaseMs ?? 30_000,
  });
}

/** Checks a URL and loads its driver, so that opening is quick later. Throws `INVALID_VALUE` at once. */
export function preloadStorage(url: string): Promise<void> {
  return loadDriver(parseStorageUrl(url)).then(() => undefined);
}

async function openDriver(url: string, create: boolean): Promise<DatabaseDriver> {
  const open = await loadDriver(parseStorageUrl(url));
  return await open(create);
}

/** Imports a driver, and returns how to open the location with it. */
async function loadDriver(
  location: StorageLocation,
): Promise<(create: boolean) => Promise<DatabaseDriver>> {
  switch (location.kind) {
    case "memory": {
      const { openMemory } = await import("../database/drivers/memory/open.ts");
      return async () => await openMemory(collections);
    }
    case "sqlite": {
      const { openSqlite } = await import("../database/drivers/sqlite/open.ts");
      const { path, durability } = location;
      return async (create) => await openSqlite({ path, durability, create, collections });
    }
  }
}
