import type { TrialError } from "../model/trial.ts";
import type { AnyExperiment } from "./define-experiment.ts";
import type { FromWorker, ToRunner } from "./protocol.ts";
import type { WorkerProgram } from "./worker-program.ts";

/** A running worker, as its coordinator holds it. */
export interface WorkerHandle {
  /** How attempts name it, such as `host:1234/thread-1`. */
  readonly name: string;
  post(message: ToRunner): void;
  /** Ends it at once, whatever its code does. Resolves when it is gone. */
  terminate(): Promise<void>;
}

/** What a coordinator hears of a worker. */
export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The worker is gone without having been asked, and this is why. */
  onExit(error: TrialError): void;
  /** Something that its code wrote. */
  onOutput(text: string): void;
}

/** What is run: code from a file, for workers of any kind, or an experiment of this process. */
export type Program =
  | { readonly kind: "file"; readonly program: WorkerProgram }
  | { readonly kind: "object"; readonly experiment: AnyExperiment };

/** How workers are started. */
export interface Executor {
  readonly name: string;
  /** How many workers it runs at a time. */
  readonly workers: number;
  /** Whether code of the user's shares the coordinator's thread: then it can block it and cannot be ended. */
  readonly isInline: boolean;
  /** Starts a worker. It answers with `described` or `unusable` first. Throws `UNSUPPORTED` if it cannot run the program. */
  launch(program: Program, listener: WorkerListener): WorkerHandle;
}
