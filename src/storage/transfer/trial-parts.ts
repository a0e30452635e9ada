import type { Database, Document } from "../../database/contract.ts";
import { numberIn } from "../records.ts";
import { settled } from "../verify/settled.ts";
import {
  belongingNames,
  belongings,
  noBelongings,
  type Belonging,
  type TrialParts,
  type Wanted,
} from "./parts.ts";

const mostTrials = 500;
/** Documents that are read at once of what belongs to trials. Parts of an output may be large. */
const mostBelongings: Readonly<Record<Belonging, number>> = {
  attempts: 1000,
  metrics: 1000,
  snapshots: 1000,
  artifacts: 1000,
  output: 100,
};
/** What tells that a trial has moved on, or something was added to it. */
const marks = [
  "number",
  "id",
  "token",
  "status",
  "attempt",
  "startedAt",
  "outcome",
  "snapshots",
  "metrics",
] as const;

/**
 * The wanted trials of an experiment in pages by number, each with what belongs to it. Others may be writing:
 * a trial that moves on while it is read is read again, until it and all that belongs to it fit together.
 */
export async function* eachTrialPage(
  database: Database,
  key: number,
  wanted: Wanted,
): AsyncGenerator<readonly TrialParts[], void, undefined> {
  let after = -1;
  let limit = mostTrials;
  for (;;) {
    const page = await database.read(
      "trials",
      { experiment: key, number: { $gt: after } },
      { sort: [{ field: "number" }], limit },
    );
    const last = page.at(-1);
    if (last === undefined) return;
    const chosen = await wanted(page);
    if (chosen.length > 0) {
      const { records, covered } = await readRecords(database, key, chosen);
      yield records;
      if (covered < numberIn(chosen.at(-1) ?? last, "number")) {
        // No more trials are read at once than were covered, or they would be read again and again.
        limit = Math.max(1, Math.min(limit, records.length));
        after = covered;
        continue;
      }
      limit = Math.min(mostTrials, limit * 2);
    }
    after = numberIn(last, "number");
  }
}

/** Reads what belongs to the first of some trials, as far as it fits; `covered` is the number of the last. */
async function readRecords(
  database: Database,
  key: number,
  trials: readonly Document[],
): Promise<{ readonly records: readonly TrialParts[]; readonly covered: number }> {
  const first = numberIn(trials[0] ?? {}, "number");
  let covered = numberIn(trials.at(-1) ?? {}, "number");
  const found = new Map<number, Record<Belonging, Document[]>>();
  for (const { number } of trials) found.set(number as number, noBelongings());
  for (const collection of belongingNames) {
    const limit = mostBelongings[collection];
    const documents = await database.read(
      collection,
      { experiment: key, number: { $gte: first, $lte: covered } },
      { sort: orderOf(collection), limit },
    );
    if (documents.length === limit) {
      // Of the last one there may be more.
      covered = numberIn(documents.at(-1) ?? {}, "number") - 1;
    }
    for (const document of documents) {
      found.get(numberIn(document, "number"))?.[collection].push(document);
    }
  }
  if (covered < first) {
    const record = await readSettled(database, key, first);
    return { records: record === undefined ? [] : [record], covered: first };
  }
  const read = trials.filter((trial) => numberIn(trial, "number") <= covered);
  const now = await marksOf(database, key, first, covered);
  const records: TrialParts[] = [];
  for (const trial of read) {
    const number = numberIn(trial, "number");
    const isSettled = now.get(number) === markOf(trial);
    const belonging = found.get(number) ?? noBelongings();
    const record = isSettled ? { trial, belonging } : await readSettled(database, key, number);
    if (record !== undefined) records.push(record);
  }
  return { records, covered };
}

async function marksOf(
  database: Database,
  key: number,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, string>> {
  const documents = await database.read(
    "trials",
    { experiment: key, number: { $gte: first, $lte: last } },
    { sort: [{ field: "number" }], select: marks },
  );
  return new Map(documents.map((trial) => [numberIn(trial, "number"), markOf(trial)]));
}

/** Two trials of the same mark have the same belongings. */
export function markOf(trial: Document): string {
  return JSON.stringify(marks.map((field) => trial[field] ?? null));
}

/** A trial and what belongs to it while it stands still; undefined when it is gone. */
export async function readSettled(
  database: Database,
  key: number,
  number: number,
): Promise<TrialParts | undefined> {
  let trial: Document | undefined;
  const mark = async (): Promise<string> => {
    [trial] = await database.read("trials", { experiment: key, number });
    return trial === undefined ? "" : markOf(trial);
  };
  const read = async (): Promise<TrialParts | undefined> => {
    if (trial === undefined) return undefined;
    const own = trial;
    const belonging = noBelongings();
    for (const collection of belongingNames) {
      belonging[collection] = await database.read(
        collection,
        { experiment: key, number },
        { sort: orderOf(collection) },
      );
    }
    return { trial: own, belonging };
  };
  // One that never stands still is taken as it was seen last.
  return (await settled(mark, read)) ?? (await read());
}

function orderOf(collection: Belonging): { readonly field: string }[] {
  return ["number", ...belongings[collection]].map((field) => ({ field }));
}
