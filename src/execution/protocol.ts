import type { ErrorData } from "../errors/assay-error.ts";
import type { OutputStream } from "../model/output.ts";
import type { TrialError } from "../model/trial.ts";
import type { ReportedPoint } from "../storage/metrics.ts";
import type { LongText } from "../values/long-text.ts";
import type { WorkerProgram } from "./worker-program.ts";

/*
 * What a coordinator and its workers say to each other. Only data that any transport can carry: values of
 * the user's are texts of the codec. A worker asks for as many tasks as it can keep busy with, is given at
 * most so many, and runs them one after another; the coordinator commits what it tells.
 */

/** A trial to run. */
export interface Task {
  readonly id: string;
  readonly number: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** A text of the codec. */
  readonly params: string;
  readonly seed: number;
  /** Where the trial's folder is to be. */
  readonly directory: string;
}

/** The experiment as the worker that loaded it describes it to the coordinator, which never runs its code. */
export interface DescribedExperiment {
  readonly name: string;
  /** A text of the codec: the canonical definition of the space. */
  readonly space: string;
  readonly objective: unknown;
  readonly algorithm: unknown;
  readonly maxTrials: number | undefined;
  readonly seed: number | undefined;
}

/** Why a trial is asked to end. */
export type AbortCause = "interrupted" | "timeout" | "no progress" | "lease lost";

export type ToWorker =
  /** The first message of all: what to run, and how many tasks may wait. */
  { readonly type: "load"; readonly program: WorkerProgram; readonly maxAhead: number } | ToRunner;

/** What a worker that has loaded its program is told. */
export type ToRunner =
  /** After a broken trial: go on with what is queued. */
  | { readonly type: "continue" }
  | { readonly type: "run"; readonly tasks: readonly Task[] }
  /** Asks a task to end; one that was not started is forgotten. */
  | { readonly type: "abort"; readonly id: string; readonly cause: AbortCause }
  | { readonly type: "reply"; readonly request: number; readonly result: Reply }
  /** Forgets all tasks that were not started. */
  | { readonly type: "drop" };

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorData };

/** What a trial asks of the storage. Answered by `reply`. */
export type TrialRequest =
  | {
      readonly method: "saveSnapshot";
      /** Texts of the codec. */
      readonly state: string;
      readonly random: string;
      readonly label: string | undefined;
      readonly points: number;
    }
  | { readonly method: "latestSnapshot" }
  | { readonly method: "snapshots" }
  | { readonly method: "artifact"; readonly name: string; readonly data: Uint8Array }
  | { readonly method: "resultsOf"; readonly id: string }
  | { readonly method: "flush" };

/** How a trial ended. Times are milliseconds; `endedAt` since 1970. */
export interface Ending {
  readonly id: string;
  readonly status: "completed" | "broken" | "interrupted";
  readonly endedAt: number;
  readonly durationMs: number;
  /** A text of the codec. */
  readonly results?: string | LongText;
  readonly objective?: number;
  readonly error?: TrialError;
}

export type FromWorker =
  | { readonly type: "described"; readonly experiment: DescribedExperiment }
  /** The worker cannot run trials: its file cannot be loaded, or `setup` threw. */
  | { readonly type: "unusable"; readonly error: ErrorData }
  /**
   * The trial before ended (if there was one), the next one (if there is one) started, and so many more
   * tasks are asked for. After a broken trial none starts before `continue`: it may be the one too many.
   */
  | {
      readonly type: "moved";
      readonly ended?: Ending;
      readonly started?: { readonly id: string; readonly at: number };
      readonly pull?: number;
    }
  | { readonly type: "metrics"; readonly id: string; readonly points: readonly ReportedPoint[] }
  | {
      readonly type: "request";
      readonly request: number;
      readonly id: string;
      readonly call: TrialRequest;
    }
  /** Something was written, before the start or the end of a trial that is told next. */
  | {
      readonly type: "output";
      readonly stream: OutputStream;
      readonly text: string;
      /** How many bytes were left out before it: more was written than anyone would read. */
      readonly omittedBytes?: number;
    }
  /** Nothing caught an error; it ends the worker, and this is the last that is heard of it. */
  | { readonly type: "crashed"; readonly error: TrialError };
