import type { TrialCounts } from "../../model/experiment.ts";

/** How much an experiment holds. */
export interface ExperimentStats {
  readonly name: string;
  readonly version: number;
  /** As `countByStatus` counts them: what the grid still holds is new. */
  readonly trials: TrialCounts;
  /** Trials that are stored, whatever their status. */
  readonly stored: number;
  /** Attempts that were started, of all trials. */
  readonly attempts: number;
  /** Points that trials reported. */
  readonly metrics: number;
  readonly snapshots: number;
  readonly artifacts: number;
  /** Different contents of snapshots, artifacts and large results: equal ones are stored once. */
  readonly blobs: number;
  /** The sum of their sizes. */
  readonly bytes: number;
  readonly runs: number;
}

/** What a database holds, and what it is. */
export interface DatabaseStats {
  /** Where it is, without credentials. */
  readonly location: string;
  /** Its kind and version, `SQLite 3.51.0`; null where the backend does not tell. */
  readonly product: string | null;
  readonly schema: number;
  /** The room that it takes on its disk; null where that is not known. */
  readonly fileBytes: number | null;
  readonly experiments: readonly ExperimentStats[];
  /** Experiments that were deleted and are not swept yet. */
  readonly deleted: number;
  /** Bundled experiment files. */
  readonly code: number;
}

export interface StatsOptions {
  /** Called now and then with how many documents were looked at. */
  readonly onProgress?: (documents: number) => void;
}
