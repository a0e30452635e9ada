import type { TrialStatus } from "../model/status.ts";
import type { Trial } from "../model/trial.ts";
import { toDisplay } from "../values/display.ts";

/** A trial as `--json` prints it: plain JSON, times ISO 8601 in UTC. */
export interface TrialRow {
  readonly id: string;
  readonly number: number;
  readonly status: TrialStatus;
  readonly attempt: number;
  /** Nested as declared. */
  readonly params: unknown;
  readonly results: unknown;
  /** `{ cause, message, stack? }` of a trial that broke, else null. */
  readonly error: unknown;
  readonly seed: number;
  readonly run: string | null;
  readonly worker: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  /** The last value of each metric. */
  readonly lastMetrics: unknown;
}

/** What `--json` prints of a trial. */
export function toTrialRow(trial: Trial): TrialRow {
  const { id, number, status, attempt, seed, run, worker } = trial;
  const { createdAt, startedAt, endedAt, durationMs } = trial;
  return {
    id,
    number,
    status,
    attempt,
    params: toDisplay(trial.params),
    results: toDisplay(trial.results),
    error: toDisplay(trial.error),
    seed,
    run,
    worker,
    createdAt,
    startedAt,
    endedAt,
    durationMs,
    lastMetrics: toDisplay(trial.metrics),
  };
}
