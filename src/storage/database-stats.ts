import type { DatabaseStats, StatsOptions } from "./stats/stats.ts";
import type { Storage } from "./storage.ts";

/**
 * Counts what a storage holds. It reads small documents only, page by page, and no contents; others may write
 * meanwhile.
 *
 * @example
 * const { experiments, fileBytes } = await databaseStats(storage);
 */
export async function databaseStats(
  storage: Storage,
  options: StatsOptions = {},
): Promise<DatabaseStats> {
  // Every worker imports this module through the user's file, and few of them count.
  const { countDatabase } = await import("./stats/count-database.ts");
  return await countDatabase(storage, options);
}
