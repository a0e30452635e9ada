import type { Database, Document, Operation } from "../../database/contract.ts";
import { numberIn } from "../records.ts";
import { ownedCollections } from "../schema.ts";
import { keysIn } from "../verify/check-owners.ts";
import { eachInOrder } from "../verify/in-order.ts";

/**
 * Removes what was written under an experiment after it was deleted. Where trials are left the experiment itself
 * was lost, and nothing is removed. Returns how many documents.
 */
export async function clearLateWrites(database: Database): Promise<number> {
  let removed = 0;
  for (const collection of ownedCollections) {
    for await (const experiment of keysIn(database, collection)) {
      // An experiment is there before anything under it, and its key is never given out again.
      if ((await database.count("experiments", { key: experiment })) > 0) continue;
      if ((await database.count("trials", { experiment })) > 0) continue;
      removed += await database.remove(collection, { experiment });
    }
  }
  return removed;
}

/** Collections of what belongs to a trial, and the fields of their index behind the trial's number. */
const belongings = {
  attempts: ["attempt"],
  metrics: ["attempt", "chunk"],
  snapshots: ["snapshot"],
  artifacts: ["name"],
  output: ["attempt", "part"],
} as const;

const numbersABatch = 100;

/**
 * Removes what belongs to trials that were deleted. Where none ever was, a trial was lost, and nothing is
 * removed; nor where a batch is not one step. Returns how many documents.
 */
export async function clearDeletedTrials(
  database: Database,
  experiment: Document,
): Promise<number> {
  const key = numberIn(experiment, "key");
  if (!database.capabilities.atomicBatch) return 0;
  let removed = 0;
  for (const [collection, by] of Object.entries(belongings)) {
    for await (const numbers of strayNumbers(database, key, collection, by)) {
      removed += await clearNumbers(database, key, collection, numbers);
    }
  }
  return removed;
}

/** The numbers in a collection that have no trial. */
async function* strayNumbers(
  database: Database,
  experiment: number,
  collection: string,
  by: readonly string[],
): AsyncGenerator<readonly number[], void, undefined> {
  const read = { where: { experiment }, from: -Infinity, pageSize: 1000 };
  const trials = eachInOrder(database, {
    ...read,
    collection: "trials",
    by: ["number"],
    select: ["number"],
  });
  let trial = await trials.next();
  const fields = ["number", ...by];
  let stray: number[] = [];
  for await (const document of eachInOrder(database, {
    ...read,
    collection,
    by: fields,
    select: fields,
  })) {
    const number = numberIn(document, "number");
    if (stray.at(-1) === number) continue;
    while (trial.done !== true && numberIn(trial.value, "number") < number)
      trial = await trials.next();
    if (trial.done !== true && numberIn(trial.value, "number") === number) continue;
    stray.push(number);
    if (stray.length < numbersABatch) continue;
    yield stray;
    stray = [];
  }
  if (stray.length > 0) yield stray;
}

/** Removes what is under some numbers, unless a trial was registered since it was seen that they have none. */
async function clearNumbers(
  database: Database,
  experiment: number,
  collection: string,
  numbers: readonly number[],
): Promise<number> {
  const [document] = await database.read("experiments", { key: experiment });
  const { revision, tokenBase } = document ?? {};
  if (typeof revision !== "number" || typeof tokenBase !== "number" || tokenBase === 0) return 0;
  const there = await database.read(
    "trials",
    { experiment, number: { $in: numbers } },
    { select: ["number"] },
  );
  const taken = new Set(there.map((trial) => trial["number"]));
  const query = { key: experiment, revision };
  const operations: Operation[] = [
    {
      kind: "update",
      collection: "experiments",
      query,
      change: { increment: { revision: 1 } },
      required: true,
    },
    ...numbers
      .filter((number) => !taken.has(number))
      .map((number): Operation => ({ kind: "remove", collection, query: { experiment, number } })),
  ];
  const outcome = await database.batch(operations);
  if (!outcome.applied) return 0;
  return outcome.results.slice(1).reduce((sum, { count }) => sum + count, 0);
}
