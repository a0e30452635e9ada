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
  /** Whether it was stopped from outside, as by SIGSTOP, and cannot say anything. Absent where that cannot be. */
  isStopped?(): Promise<boolean>;
}

/** What a coordinator hears of a worker. */
export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The worker is gone without having been asked, and this is why. All that it had said was heard before. */
  onExit(error: TrialError): void;
  /** Something that was written past the worker's own capture of what its code writes. */
  onOutput(text: string, stream: "stdout" | "stderr"): void;
}

/** What is run: a file or a command, by workers of any kind, or an experiment of this process. */
export type Program =
  WorkerProgram | { readonly kind: "object"; readonly experiment: AnyExperiment };

/** What every worker of a run is started with. */
export interface WorkerSettings {
  readonly program: Program;
  /** How many trials a worker may have waiting at most. */
  readonly maxAhead: number;
  /** How much memory a worker may use, in MB: the heap of a thread, or all that a process has resident. */
  readonly memoryMb?: number | undefined;
}

/** Starts the workers of one run. */
export interface WorkerHost {
  /** Starts a worker. The first thing that it says is `described` or `unusable`. */
  launch(listener: WorkerListener): WorkerHandle;
  /** Frees what the workers shared, once they are gone. */
  close?(): Promise<void>;
}

/** How workers are started. */
export interface Executor {
  readonly name: string;
  /** How many workers it runs at a time. */
  readonly workers: number;
  /** Whether code of the user's shares the coordinator's thread: then it can block it and cannot be ended. */
  readonly isInline: boolean;
  /** Prepares for a run. Throws `UNSUPPORTED` if it cannot run the program. */
  open(settings: WorkerSettings): WorkerHost;
}
