import type { Storage } from "./storage.ts";

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
  // Every worker imports this module through the user's file, and few of them open a storage.
  const { connectStorage } = await import("./connect-storage.ts");
  return await connectStorage(url, options);
}
