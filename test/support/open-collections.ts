import type { CollectionDeclaration } from "../../src/database/contract.ts";
import { openMongodb } from "../../src/database/drivers/mongodb/open.ts";
import { openPostgres } from "../../src/database/drivers/postgres/open.ts";
import { redisOpener } from "../../src/database/drivers/redis/open.ts";
import { openSqlite } from "../../src/database/drivers/sqlite/open.ts";
import { ManagedDatabase } from "../../src/database/managed-database.ts";
import { parseStorageUrl } from "../../src/storage/storage-url.ts";

/** Opens the database of a storage's URL by other collections than this Assay's: those of another schema. */
export async function openCollections(
  url: string,
  collections: readonly CollectionDeclaration[],
): Promise<ManagedDatabase> {
  const location = parseStorageUrl(url);
  const open = async () => {
    switch (location.kind) {
      case "memory":
        throw new TypeError("A storage in memory has no other schema than its process");
      case "sqlite":
        return await openSqlite({ path: location.path, collections });
      case "postgres":
        return await openPostgres({ source: location.url, create: true, collections });
      case "redis":
        return await redisOpener(location)(true);
      case "mongodb":
        return await openMongodb(location.url, { create: true, collections });
    }
  };
  return new ManagedDatabase(await open());
}
