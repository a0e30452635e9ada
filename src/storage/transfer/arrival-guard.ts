import type { Database, Operation } from "../../database/contract.ts";
import { ownedCollections } from "../schema.ts";

/*
 * What arrives may be removed meanwhile (`unfinished.ts`). Nothing is written behind that: nobody would find it
 * under the key of an experiment that is gone.
 */

/** The first operation of a batch that writes something of an experiment that arrives. */
export function arrivalGuard(key: number): Operation {
  return {
    kind: "update",
    collection: "experiments",
    query: { key, deletedAt: { $exists: false } },
    change: { increment: { revision: 0 } },
    required: true,
  };
}

/** Whether a batch behind the guard was not written too late: where it is not one step, that may have been. */
export async function isStillThere(database: Database, key: number): Promise<boolean> {
  if (database.capabilities.atomicBatch) return true;
  return (await database.count("experiments", { key, deletedAt: { $exists: false } })) > 0;
}

/** Removes what was written too late. */
export async function removeLateArrivals(database: Database, key: number): Promise<void> {
  for (const collection of ownedCollections) await database.remove(collection, { experiment: key });
}
