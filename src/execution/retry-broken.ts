import type { Experiment } from "../model/experiment.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * Makes trials new again that are broken now, as far as `maxTrials` has room for them: a broken trial gave
 * its place away. What breaks later, in this run or another, stays broken.
 */
export async function retryBroken(
  storage: Storage,
  experiment: Experiment,
  maxTrials: number,
  isWanted: (params: Readonly<Record<string, unknown>>) => boolean,
): Promise<number> {
  let places = await storage.countPlaces(experiment, maxTrials);
  let retried = 0;
  for (const { id, params } of await storage.fetchTrialsByStatus(experiment, "broken")) {
    if (places <= 0) break;
    if (!isWanted(params) || !(await renewBroken(storage, id))) continue;
    places -= 1;
    retried += 1;
  }
  return retried;
}

/** Makes a trial new if it is still broken: another run may have taken it up already. */
export async function renewBroken(storage: Storage, id: string): Promise<boolean> {
  return (await storage.updateTrial(id, { status: "new" }, { status: "broken" })) > 0;
}
