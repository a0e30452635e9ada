import type { Database } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";

/**
 * How many trials may still be given out under a limit: of those stored, all but the broken ones are, or
 * may yet become, completed or pruned.
 */
export async function countPlaces(
  database: Database,
  { key }: Pick<Experiment, "key">,
  maxTrials: number,
): Promise<number> {
  if (maxTrials === Infinity) return Infinity;
  const all = await database.count("trials", { experiment: key });
  const broken = await database.count("trials", { experiment: key, status: "broken" });
  return Math.max(0, maxTrials - (all - broken));
}

/**
 * Whether a limit surely has room for some more trials. Answered from the cursor, because counting costs
 * the more the more trials there are; only near the limit does it have to be counted.
 */
export function hasRoom(
  { given }: { readonly given: number },
  maxTrials: number,
  wanted: number,
): boolean {
  return given + wanted <= maxTrials;
}

/**
 * How many trials are completed or pruned, or held by somebody who may yet make them so. Those that are held
 * are counted first: what moves on meanwhile is counted twice rather than not at all.
 */
export async function countTaken(database: Database, key: number): Promise<number> {
  let taken = 0;
  for (const status of ["reserved", "completed", "pruned"]) {
    taken += await database.count("trials", { experiment: key, status });
  }
  return taken;
}
