import type { DatabaseDriver } from "../database/contract.ts";
import { collections } from "./schema.ts";
import { parseStorageSource, type ClientSource, type StorageSource } from "./storage-source.ts";

/** Opens what a driver was loaded for. `create` makes a database that is not there yet. */
export type OpenDriver = (create: boolean) => Promise<DatabaseDriver>;

/** Imports a driver, and returns how to open the source with it. Throws `INVALID_VALUE`. */
export async function loadDriver(source: StorageSource): Promise<OpenDriver> {
  const location = parseStorageSource(source);
  if (!("kind" in location)) return await loadForClient(location);
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
    case "postgres": {
      const { openPostgres } = await import("../database/drivers/postgres/open.ts");
      return async (create) => await openPostgres({ source: location.url, create, collections });
    }
    case "redis": {
      const { redisOpener } = await import("../database/drivers/redis/open.ts");
      return redisOpener(location);
    }
    case "mongodb": {
      const { openMongodb } = await import("../database/drivers/mongodb/open.ts");
      return async (create) => await openMongodb(location.url, { create, collections });
    }
  }
}

/** Imports the driver of a client that the caller made. */
async function loadForClient(source: ClientSource): Promise<OpenDriver> {
  if ("postgres" in source) {
    const { openPostgres } = await import("../database/drivers/postgres/open.ts");
    return async (create) => await openPostgres({ source, create, collections });
  }
  if ("redis" in source) {
    const { redisOpener } = await import("../database/drivers/redis/open.ts");
    return redisOpener(source);
  }
  const { openMongodbClient } = await import("../database/drivers/mongodb/open.ts");
  return async (create) => await openMongodbClient(source, { create, collections });
}
