import { createAlgorithm } from "../algorithms/create-algorithm.ts";
import type { Experiment } from "../model/experiment.ts";
import { isFinished } from "../model/transitions.ts";
import type { Params } from "../space/params-of.ts";
import type { Storage } from "../storage/storage.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { narrowedTrials } from "./narrowing.ts";
import type { ExperimentPlan } from "./prepare-experiment.ts";
import { Registrar } from "./registrar.ts";
import { retryBroken } from "./retry-broken.ts";
import { givenTrials, openTrials, type TrialSource } from "./trial-source.ts";

/** The trials that a run may run. */
export interface TrialSelection {
  readonly source: TrialSource;
  /** How many of them were completed before. */
  readonly skipped: number;
  /** How many there are: completed ones, and those that may yet be. Null when that is not known. */
  readonly total: number | null;
}

/** Chooses what is run: one trial, what `name=value` leaves, or all that is open. */
export async function selectTrials(
  storage: Storage,
  experiment: Experiment,
  plan: ExperimentPlan,
  options: ExecuteOptions,
  holder: string,
): Promise<TrialSelection> {
  const { space, narrowed, maxTrials } = plan;
  if (options.trial !== undefined) {
    const { id } = await storage.getTrial(options.trial);
    if (options.retryBroken === true) await retryBroken(storage, experiment, { maxTrials, id });
    return await given(storage, experiment, [id], holder, maxTrials);
  }
  if (options.retryBroken === true) {
    const isWanted = (params: Params): boolean => narrowed?.matches(params) ?? true;
    await retryBroken(storage, experiment, { maxTrials, isWanted });
  }
  if (narrowed !== undefined) {
    const ids = new Set<string>();
    for await (const batch of narrowedTrials({ storage, experiment, narrowed, maxTrials })) {
      for (const id of batch) ids.add(id);
    }
    return await given(storage, experiment, [...ids], holder, maxTrials);
  }
  const algorithm = createAlgorithm(experiment.algorithm, space, experiment.seed);
  const registrar = new Registrar(storage, experiment, algorithm, maxTrials);
  const skipped = await storage.countCompletedTrials(experiment);
  const { total, broken, pruned } = await storage.countByStatus(experiment);
  const runnable = Math.min((total ?? Infinity) - broken, maxTrials) - pruned;
  return {
    source: openTrials(storage, experiment, registrar, holder, maxTrials),
    skipped,
    total: runnable === Infinity ? null : runnable,
  };
}

async function given(
  storage: Storage,
  experiment: Experiment,
  ids: readonly string[],
  holder: string,
  maxTrials: number,
): Promise<TrialSelection> {
  const open: string[] = [];
  let skipped = 0;
  for (const id of ids) {
    const trial = await storage.findTrial(id);
    if (trial?.status === "completed") skipped += 1;
    else if (trial !== undefined && !isFinished(trial.status)) open.push(id);
  }
  return {
    source: givenTrials(storage, experiment, open, holder, maxTrials),
    skipped,
    total: skipped + open.length,
  };
}
