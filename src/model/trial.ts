import type { TrialStatus } from "./status.ts";

/**
 * `error` in the trial's own code, `results` that cannot be stored, a limit that was hit (`timeout`,
 * `noProgress`, `memory`), or a worker that was `lost`.
 */
export type FailureCause = "error" | "results" | "timeout" | "noProgress" | "memory" | "lost";

/** Why an attempt failed. */
export interface TrialError {
  readonly cause: FailureCause;
  readonly message: string;
  readonly stack?: string;
}

/** A trial as it is read. Times are ISO 8601 in UTC; what has not happened is null. */
export interface Trial<
  Params = Readonly<Record<string, unknown>>,
  Results = Readonly<Record<string, unknown>>,
> {
  readonly id: string;
  readonly number: number;
  readonly status: TrialStatus;
  /** How many attempts were started. */
  readonly attempt: number;
  readonly params: Params;
  readonly results: Results | null;
  readonly error: TrialError | null;
  /** What the trial's random numbers derive from. */
  readonly seed: number;
  /** The reference of the run that executed the last attempt. */
  readonly run: string | null;
  readonly worker: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One execution of a trial. `status` is `lost` when its worker never said how it ended. */
export interface Attempt {
  readonly attempt: number;
  readonly status: TrialStatus | "lost";
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly worker: string | null;
  readonly run: string | null;
  readonly results: Readonly<Record<string, unknown>> | null;
  readonly error: TrialError | null;
}

/** One point of a metric's series. */
export interface MetricPoint {
  readonly trial: string;
  readonly number: number;
  readonly attempt: number;
  readonly name: string;
  readonly step: number | null;
  readonly time: string;
  readonly value: number;
}

/** What is known of a snapshot without its state. */
export interface SnapshotInfo {
  /** Counts from 1 within the trial. */
  readonly number: number;
  readonly label: string | null;
  readonly attempt: number;
  readonly createdAt: string;
  /** The size of the stored state. */
  readonly bytes: number;
}

/** A saved state of a trial. */
export interface Snapshot<State = unknown> extends SnapshotInfo {
  readonly state: State;
}
