import type { Experiment, TrialCounts } from "../model/experiment.ts";
import type { Trial } from "../model/trial.ts";
import type { Run } from "../storage/runs.ts";
import type { Storage } from "../storage/storage.ts";
import { recentRate } from "./recent-rate.ts";

/** An experiment and how many of its trials are in each state. */
export interface ExperimentOverview {
  readonly experiment: Experiment;
  readonly trials: TrialCounts;
}

/** How far an experiment is. */
export interface ExperimentStatus extends ExperimentOverview {
  /** How many trials there will be: those of the space or `maxTrials`, the smaller; null when nothing says. */
  readonly planned: number | null;
  /** Completed and pruned trials over the planned ones, from 0 to 1; null when none are planned. */
  readonly progress: number | null;
  /** Trials that a worker holds now. */
  readonly running: number;
  /** Trials that are reserved still by a worker that is gone; the next run takes them over. */
  readonly lost: number;
  /** Trials that ended a second, lately; null unless a run goes on. */
  readonly ratePerSecond: number | null;
  readonly etaMs: number | null;
  /** Null without an objective or a completed trial. */
  readonly best: Trial | null;
  readonly lastRun: Run | null;
}

/** All experiments, in the order in which they were created. */
export async function listExperiments(storage: Storage): Promise<ExperimentOverview[]> {
  const overviews: ExperimentOverview[] = [];
  for (const experiment of await storage.getExperiments()) {
    overviews.push({ experiment, trials: await storage.countByStatus(experiment) });
  }
  return overviews;
}

/**
 * How many trials an experiment is to have, at least those that it has already; null for a sampled space
 * without a limit.
 */
export function plannedTrials({ maxTrials }: Experiment, trials: TrialCounts): number | null {
  const planned = Math.min(trials.total ?? Infinity, maxTrials ?? Infinity);
  return planned === Infinity ? null : Math.max(planned, trials.completed + trials.pruned);
}

/** Completed and pruned trials over the planned ones, from 0 to 1; null when it is not known how many those are. */
export function progressOf(experiment: Experiment, trials: TrialCounts): number | null {
  const planned = plannedTrials(experiment, trials);
  if (planned === null) return null;
  return planned === 0 ? 1 : Math.min(1, (trials.completed + trials.pruned) / planned);
}

export async function readStatus(
  storage: Storage,
  experiment: Experiment,
): Promise<ExperimentStatus> {
  const trials = await storage.countByStatus(experiment);
  const planned = plannedTrials(experiment, trials);
  const lost = trials.reserved === 0 ? 0 : (await storage.fetchLostTrials(experiment)).length;
  const running = Math.max(0, trials.reserved - lost);
  const runs = await storage.getRuns(experiment);
  const ratePerSecond = running === 0 ? null : await recentRate(storage, experiment, runs);
  const left = planned === null ? null : planned - trials.completed - trials.pruned - trials.broken;
  const hasBest = experiment.objectives.length > 0;
  return {
    experiment,
    trials,
    planned,
    progress: progressOf(experiment, trials),
    running,
    lost,
    ratePerSecond,
    etaMs:
      left === null || ratePerSecond === null ? null : (Math.max(0, left) / ratePerSecond) * 1000,
    best: (hasBest ? await storage.bestTrial(experiment) : undefined) ?? null,
    lastRun: runs.at(-1) ?? null,
  };
}
