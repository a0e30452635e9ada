import type { Experiment } from "../model/experiment.ts";
import type { BrokenTrial } from "../storage/renewal.ts";
import type { Storage } from "../storage/storage.ts";

export interface RetryOptions {
  readonly maxTrials: number;
  /** Only this trial. */
  readonly id?: string;
  /** Only trials whose parameters these are. Default: all. */
  readonly isWanted?: (params: BrokenTrial["params"]) => boolean;
}

/**
 * Makes trials new again that are broken now, as far as `maxTrials` has room for them. All are listed before
 * the first is renewed, so that what breaks later, in this run or another, stays broken. Returns how many.
 */
export async function retryBroken(
  storage: Storage,
  experiment: Experiment,
  { maxTrials, id, isWanted = () => true }: RetryOptions,
): Promise<number> {
  const broken = await storage.getBrokenTrials(experiment, id === undefined ? {} : { id });
  const wanted = broken.filter(({ params }) => isWanted(params));
  return await storage.renewBroken(experiment, wanted, { maxTrials });
}
