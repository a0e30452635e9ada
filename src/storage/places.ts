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
 * How many open trials may be run under a limit now. Trials that were registered under a higher limit, or by
 * hand, are there to be claimed, but not more of them than the limit allows.
 */
export async function countClaimable(
  database: Database,
  { key }: Pick<Experiment, "key">,
  cursor: { readonly given: number },
  maxTrials: number,
): Promise<number> {
  if (hasRoom(cursor, maxTrials, 0)) return Infinity;
  let taken = 0;
  for (const status of ["completed", "pruned", "reserved"]) {
    taken += await database.count("trials", { experiment: key, status });
  }
  return Math.max(0, maxTrials - taken);
}
