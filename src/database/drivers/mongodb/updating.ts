import type { AnyBulkWriteOperation } from "mongodb";
import { isConflictOf, isMiss, writeErrorsOf } from "./errors.ts";
import type { ServerFilter } from "./filter.ts";
import type { Stored } from "./layout.ts";
import { pauseBefore, repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";
import { telling, type Update } from "./update.ts";

/** A change of at most one document. */
export interface SingleUpdate {
  readonly filter: ServerFilter;
  readonly update: Update;
}

/** Carries out changes of single documents in one command, and tells for each whether it found its document. */
export async function updateEach(
  collection: ServerCollection,
  updates: readonly SingleUpdate[],
): Promise<boolean[]> {
  const found = updates.map(() => true);
  let left = updates.map((update, place) => ({ ...update, place }));
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const again: typeof left = [];
    try {
      const operations = left.map(({ filter, update }) => ({
        updateOne: { filter, update: telling(update), upsert: true },
      }));
      await repeated(
        async () =>
          await collection.bulkWrite(operations as readonly AnyBulkWriteOperation<Stored>[], {
            ordered: false,
          }),
      );
    } catch (error) {
      const failed = writeErrorsOf(error);
      if (failed === undefined) throw error;
      for (const one of failed) {
        const update = left[one.index];
        if (update === undefined) continue;
        if (isMiss(one)) found[update.place] = false;
        else if (isConflictOf(one)) again.push(update);
        else throw error;
      }
    }
    left = again;
    if (left.length > 0) await pauseBefore(attempt);
  }
  return found;
}
