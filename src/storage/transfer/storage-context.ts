import type { StorageContext } from "../context.ts";
import type { Storage } from "../storage.ts";

/** What operations on the documents of a storage work with. */
export function contextOf({ database, leaseMs }: Storage): StorageContext {
  return { database, leaseMs, wallClock: () => new Date() };
}
