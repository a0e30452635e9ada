import type { OpenStorageOptions } from "./open-options.ts";
import type { StorageSource } from "./storage-source.ts";
import type { Storage } from "./storage.ts";

/**
 * Opens a storage by its URL: `sqlite:PATH` or a bare path (its folder is created), `memory:`, or a server's
 * URL; or by a client of a server, which stays open when the storage is closed.
 * Throws `INVALID_VALUE` (unknown scheme), `USAGE` (a time that is no number), `NOT_FOUND`,
 * `STORAGE_UNAVAILABLE`, `SCHEMA_OUTDATED`, `SCHEMA_NEWER`.
 *
 * @example
 * await using storage = await openStorage("sqlite:assay.db");
 * console.log(await storage.getProgress("penguins"));
 */
export async function openStorage(
  source: StorageSource,
  options: OpenStorageOptions = {},
): Promise<Storage> {
  // Every worker imports this module through the user's file, and few of them open a storage.
  const { connectStorage } = await import("./connect-storage.ts");
  return await connectStorage(source, options);
}
