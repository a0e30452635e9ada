import { createAlgorithm } from "../algorithms/create-algorithm.ts";
import type { Experiment } from "../model/experiment.ts";
import type { Params } from "../space/params-of.ts";
import type { Storage } from "../storage/storage.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { NarrowedTrials } from "./narrowed-trials.ts";
import type { ExperimentPlan } from "./prepare-experiment.ts";
import type { RunScope } from "./progress.ts";
import { Registrar } from "./registrar.ts";
import { retryBroken } from "./retry-broken.ts";
import { oneTrial, openTrials, type TrialSource } from "./trial-source.ts";

/** The trials that a run may run. */
export interface TrialsToRun {
  readonly source: TrialSource;
  readonly scope: RunScope;
}

/**
 * Where a run gets its trials from: one trial, what `name=value` leaves, or all that is open. Makes broken
 * ones new first, where they are to be retried.
 */
export async function trialsToRun(
  storage: Storage,
  experiment: Experiment,
  plan: ExperimentPlan,
  options: ExecuteOptions,
  holder: string,
): Promise<TrialsToRun> {
  const { space, narrowed, maxTrials } = plan;
  if (options.trial !== undefined) {
    const { id } = await storage.getTrial(options.trial);
    if (options.retryBroken === true) await retryBroken(storage, experiment, { maxTrials, id });
    const { status } = await storage.getTrial(id);
    return {
      source: oneTrial(storage, experiment, id, holder, maxTrials),
      scope: {
        skipped: status === "completed" ? 1 : 0,
        leftBroken: status === "broken" ? 1 : 0,
        total: status === "broken" || status === "pruned" ? 0 : 1,
      },
    };
  }
  if (options.retryBroken === true) {
    const isWanted = (params: Params): boolean => narrowed?.matches(params) ?? true;
    await retryBroken(storage, experiment, { maxTrials, isWanted });
  }
  if (narrowed !== undefined) {
    const { signal } = options;
    const run = { storage, experiment, narrowed, maxTrials, holder, signal };
    const source = await NarrowedTrials.open(run);
    return { source, scope: source.scope };
  }
  const algorithm = createAlgorithm(experiment.algorithm, space, experiment.seed);
  const registrar = new Registrar(storage, experiment, algorithm, maxTrials);
  const skipped = await storage.countCompletedTrials(experiment);
  const { total, broken, pruned } = await storage.countByStatus(experiment);
  const most = (total ?? Infinity) - broken - pruned;
  const runnable = Math.min(most, maxTrials - pruned);
  return {
    source: openTrials(storage, experiment, registrar, holder, maxTrials),
    scope: { skipped, leftBroken: broken, total: runnable === Infinity ? null : runnable, most },
  };
}
