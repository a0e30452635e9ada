import type { DatabaseDriver } from "../database/contract.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { ensureSchema } from "./migrate.ts";
import type { OpenStorageOptions } from "./open-options.ts";
import { collections } from "./schema.ts";
import { parseStorageUrl, type StorageLocation } from "./storage-url.ts";
import { createStorage, type Storage } from "./storage.ts";

/** What `openStorage` does (its documentation is there), in a module that is loaded when it is called. */
export async function connectStorage(url: string, options: OpenStorageOptions): Promise<Storage> {
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
