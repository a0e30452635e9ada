import type { Invariant } from "./invariants.ts";

/** Something that does not hold. */
export interface Problem {
  readonly invariant: Invariant;
  /** As `name` or `name@2`; null for what belongs to no experiment. */
  readonly experiment: string | null;
  /** The id and number of the trial that it is about. */
  readonly trial?: string;
  readonly number?: number;
  /** One line. */
  readonly message: string;
}

/** Something worth knowing that breaks nothing. */
export interface Remark {
  /**
   * `deleted`: an experiment that was deleted and still takes room, or trials whose deletion was cut off.
   * `unfinished`: one that is on its way from another database, or was cut off. `unused-content`: content that
   * nothing refers to any more. `over-limit`: more trials than `maxTrials` hold a place, by hand or by a
   * higher limit before.
   */
  readonly kind: "deleted" | "unfinished" | "unused-content" | "over-limit";
  readonly experiment: string;
  readonly message: string;
}

/** How much was looked at. */
export interface Checked {
  readonly experiments: number;
  readonly trials: number;
  /** Attempts that are kept apart from their trial: all but the last one. */
  readonly attempts: number;
  /** Chunks of metrics. */
  readonly metrics: number;
  readonly snapshots: number;
  readonly artifacts: number;
  /** Contents whose hash was computed, and their size. */
  readonly blobs: number;
  readonly bytes: number;
  readonly runs: number;
  readonly code: number;
}

/** Something that was put right, or cleared away. docs/guides/database.md says when, for each kind. */
export interface Repair {
  readonly kind:
    | "deleted"
    | "owners"
    | "unused-content"
    | "counters"
    | "experiment-cursor"
    | "trial-lease"
    | "lost-reservations"
    | "algorithm-lock"
    | "lost-runs"
    | "views";
  /** As `name` or `name@2`; null for what belongs to no experiment. */
  readonly experiment: string | null;
  /** How many of what the message names. */
  readonly count: number;
  /** One line. */
  readonly message: string;
}

export interface Verification {
  /** What was repaired before all was looked at; nothing unless `repair` is set. */
  readonly repairs: readonly Repair[];
  readonly checked: Checked;
  /** The first 1,000. */
  readonly problems: readonly Problem[];
  /** How many there are. */
  readonly problemCount: number;
  readonly remarks: readonly Remark[];
}

/** How far a verification is. */
export interface VerifyProgress {
  /** What is looked at: the files of the backend, an experiment by its label, or what belongs to none. */
  readonly stage: string;
  /** Trials looked at so far. */
  readonly trials: number;
  /** Trials that there were at the beginning. */
  readonly total: number;
}

export interface VerifyOptions {
  /** Only this experiment, by `name` or `name@2`: then the backend's own files are not looked at. Default: everything. */
  readonly experiment?: string;
  /**
   * Repairs first what can be repaired without losing anything, while others may write. What is found then is
   * what could not be.
   */
  readonly repair?: boolean;
  /** Called every thousand trials, and when another stage begins. */
  readonly onProgress?: (progress: VerifyProgress) => void;
}
