import type { ExperimentOverview, ExperimentStatus } from "./experiment-status.ts";
import type { TrialCounts } from "../model/experiment.ts";
import { toTrialRow, type TrialRow } from "./trial-row.ts";

/** What `list --json` prints of an experiment. */
export interface ExperimentRow {
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly trials: TrialCounts;
}

/** What `status --json` prints of an experiment. */
export interface StatusRow extends ExperimentRow {
  readonly progress: number | null;
  readonly running: number;
  readonly lost: number;
  readonly ratePerSecond: number | null;
  readonly etaMs: number | null;
  readonly best: TrialRow | null;
}

export function toExperimentRow({ experiment, trials }: ExperimentOverview): ExperimentRow {
  const { name, version, createdAt } = experiment;
  const { total, ...counts } = trials;
  return { name, version, createdAt, trials: { total, ...counts } };
}

export function toStatusRow(status: ExperimentStatus): StatusRow {
  const { progress, running, lost, ratePerSecond, etaMs, best } = status;
  return {
    ...toExperimentRow(status),
    progress,
    running,
    lost,
    ratePerSecond,
    etaMs,
    best: best === null ? null : toTrialRow(best),
  };
}
