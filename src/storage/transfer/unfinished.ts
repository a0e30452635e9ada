import { newExperimentId } from "../../model/identity.ts";
import { timestamp } from "../context.ts";
import { numberIn } from "../records.ts";
import { ownedCollections } from "../schema.ts";
import type { Storage } from "../storage.ts";
import { sweepDeleted } from "../sweep.ts";
import { labelOf } from "../verify/experiment-facts.ts";
import { contextOf } from "./storage-context.ts";

/** What came of an experiment whose transfer goes on, or was cut off. Nobody sees it. */
export interface UnfinishedTransfer {
  readonly key: number;
  /** What it will be, as `name` or `name@2`. */
  readonly experiment: string;
  /** How much of it is here. */
  readonly documents: number;
}

/** Every experiment that is on its way into a storage, or was. */
export async function unfinishedTransfers(
  storage: Storage,
): Promise<readonly UnfinishedTransfer[]> {
  const { database } = storage;
  const query = { transfer: { $exists: true } };
  const arriving = await database.read("experiments", query, {
    sort: [{ field: "key" }],
    scan: true,
  });
  const found: UnfinishedTransfer[] = [];
  for (const document of arriving) {
    const key = numberIn(document, "key");
    let documents = 0;
    for (const collection of ownedCollections) {
      documents += await database.count(collection, { experiment: key });
    }
    found.push({ key, experiment: labelOf(document), documents });
  }
  return found;
}

/**
 * Deletes what came, unless it has arrived meanwhile. A transfer that still goes on finds out at its next write,
 * and ends with `CONFLICT`. Killed anywhere, it can be called again. Whether it was there.
 */
export async function removeUnfinished(
  storage: Storage,
  { key, experiment }: UnfinishedTransfer,
): Promise<boolean> {
  const context = contextOf(storage);
  const hidden = await storage.database.write(
    "experiments",
    {
      set: {
        // Nobody ever held a trial of it: the one that comes next may have its id.
        id: newExperimentId(),
        deletedName: experiment,
        deletedAt: timestamp(context),
      },
      unset: ["transfer"],
      increment: { revision: 1 },
    },
    { key, name: null, transfer: { $exists: true } },
  );
  await sweepDeleted(context);
  return hidden > 0;
}
