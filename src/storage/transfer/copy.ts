import type { Storage } from "../storage.ts";
import { isMoved, moveAll, planArrivals, type MovedExperiment } from "./arrivals.ts";
import { chooseExperiments } from "./choose-experiments.ts";
import { sumTrials, Tracker, type TransferOptions } from "./progress.ts";
import { assertApart } from "./same-storage.ts";
import { contextOf } from "./storage-context.ts";
import { storageSource } from "./storage-source.ts";

export type CopyOptions = TransferOptions;

export interface DatabaseCopy {
  /** Where it was copied from and to, without credentials. */
  readonly from: string;
  readonly to: string;
  readonly experiments: readonly MovedExperiment[];
}

/**
 * What `copyDatabase` does (its documentation is there).
 * @param openTarget opens, or makes, what it is copied to, once it is known what is to be copied
 */
export async function copyTo(
  from: Storage,
  openTarget: () => Promise<Storage>,
  { names, ...options }: CopyOptions,
): Promise<DatabaseCopy> {
  const source = await storageSource(contextOf(from));
  const experiments = chooseExperiments(source, names);
  const to = await openTarget();
  await assertApart(from, to);
  const intentions = await planArrivals(to, experiments, {
    onConflict: "fail",
    isSameById: true,
    remedy: '"assay db merge" brings trials together',
  });
  const moved = intentions.filter(isMoved).map((intention) => intention.source);
  const tracker = new Tracker(options, sumTrials(moved));
  const done = await moveAll(source, to, intentions, tracker);
  return { from: from.location, to: to.location, experiments: done };
}
