import type { Database } from "../../database/contract.ts";
import { ownedCollections } from "../schema.ts";
import type { Finding } from "./findings.ts";

/** Experiments that something is stored of: each key that a collection holds, without walking what is under it. */
export async function* keysIn(
  database: Database,
  collection: string,
): AsyncGenerator<number, void, undefined> {
  let after = -Infinity;
  for (;;) {
    const [first] = await database.read(
      collection,
      { experiment: { $gt: after } },
      { sort: [{ field: "experiment" }], limit: 1, select: ["experiment"] },
    );
    const key = first?.["experiment"];
    if (typeof key !== "number") return;
    yield key;
    after = key;
  }
}

/** Whether everything stored under an experiment has one, if only one that was deleted and is not swept yet. */
export async function* checkOwners(database: Database): AsyncGenerator<Finding, void> {
  for (const collection of ownedCollections) {
    for await (const key of keysIn(database, collection)) {
      if ((await database.count("experiments", { key })) > 0) continue;
      // An experiment is swept last, after all that is under it; so what is left now stays.
      const count = await database.count(collection, { experiment: key });
      if (count > 0)
        yield owners(collection, count, `experiment ${String(key)}, which is not there`);
    }
    const count = await database.count(collection, { experiment: null });
    if (count > 0) yield owners(collection, count, "no experiment");
  }
}

function owners(collection: string, count: number, owner: string): Finding {
  const what = count === 1 ? "1 document" : `${String(count)} documents`;
  const belong = count === 1 ? "belongs" : "belong";
  return { invariant: "owners", message: `${what} of "${collection}" ${belong} to ${owner}` };
}
