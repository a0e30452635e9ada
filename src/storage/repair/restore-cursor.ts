import { setTimeout as sleep } from "node:timers/promises";
import type { Database, Document } from "../../database/contract.ts";
import { tokensOfATrial } from "../delete-trials.ts";
import { optionalText } from "../records.ts";
import { readFacts, type ExperimentFacts } from "../verify/experiment-facts.ts";
import { isWhole } from "../verify/stored-values.ts";

const patience = 20;

/** Longer than trials take to follow their cursor. */
const onTheWayMs = 2000;

/**
 * Puts right how far an experiment says that it is, from the trials that are there: in one step, while nobody
 * moved it. Returns what was done, a line each.
 */
export async function restoreCursor(database: Database, key: number): Promise<readonly string[]> {
  for (let tries = 0; tries < patience; tries += 1) {
    const [document] = await database.read("experiments", { key });
    if (document === undefined || optionalText(document, "name") === null) return [];
    const { revision, tokenBase } = document;
    if (!isWhole(revision) || !isWhole(tokenBase)) return [];
    const { set, tokens, lines } = await correction(database, readFacts(document));
    if (lines.length === 0) return [];
    const change = {
      set,
      increment: { revision: 1, ...(tokens > 0 ? { tokenBase: tokens } : {}) },
    };
    if ((await database.write("experiments", change, { key, revision })) > 0) return lines;
  }
  return [];
}

interface Correction {
  readonly set: Document;
  /** By how much tokens of trials that are registered anew begin later. */
  readonly tokens: number;
  readonly lines: readonly string[];
}

async function correction(database: Database, facts: ExperimentFacts): Promise<Correction> {
  const { key, total, document } = facts;
  const set: Record<string, unknown> = {};
  const lines: string[] = [];
  const correct = (field: string, value: number): void => {
    set[field] = value;
    lines.push(`${field} was ${String(document[field])} and is ${String(value)}`);
  };
  const count = async (number?: object): Promise<number> =>
    await database.count("trials", { experiment: key, ...(number && { number }) });

  const all = await count();
  if (!isWhole(document["given"]) || facts.given < all) correct("given", all);

  const least = Math.max(total ?? 0, await numberBehindLast(database, key));
  if (!isWhole(document["nextNumber"]) || facts.nextNumber < least) correct("nextNumber", least);

  const { position } = document;
  const isSound = isWhole(position) && (total === null || position <= total);
  const look = async (): Promise<number> =>
    isSound && total !== null ? await missingFromGrid(facts, total, count) : 0;
  let missing = await look();
  if (missing > 0 && !database.capabilities.atomicBatch) {
    // There the cursor moves first and trials follow: what is on its way is not lost.
    await sleep(onTheWayMs);
    missing = await look();
  }
  if (!isSound) correct("position", 0);
  if (missing > 0) {
    set["position"] = 0;
    lines.push(`${String(missing)} trials of its grid were lost; the next run registers them anew`);
  }
  // Walked from its start again, the grid gives back trials that may have been held before.
  const isWalkedAgain = !isSound || missing > 0;
  return { set, tokens: isWalkedAgain ? tokensOfATrial : 0, lines };
}

async function numberBehindLast(database: Database, experiment: number): Promise<number> {
  const [last] = await database.read(
    "trials",
    { experiment, number: { $gt: -Infinity } },
    { sort: [{ field: "number", descending: true }], limit: 1, select: ["number"] },
  );
  return last === undefined ? 0 : Number(last["number"]) + 1;
}

/** How many trials of the grid were given out by its algorithm and are not there. */
async function missingFromGrid(
  { position, algorithm }: ExperimentFacts,
  total: number,
  count: (number?: object) => Promise<number>,
): Promise<number> {
  const end = Math.min(position, total);
  if (algorithm === "grid") return end - (await count({ $gte: 0, $lt: end }));
  return algorithm === "random" ? Math.max(0, end - (await count({ $lt: total }))) : 0;
}
