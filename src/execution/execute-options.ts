import { AssayError } from "../errors/assay-error.ts";
import type { Storage } from "../storage/storage.ts";
import { didYouMean } from "../util/nearest.ts";
import { showValue } from "../space/show-value.ts";
import { checkCount } from "./executors/worker-count.ts";
import type { Executor } from "./executor.ts";
import type { ExecutorName } from "./named-executor.ts";
import type { Progress } from "./progress.ts";
import { RetryPolicy, type RetryLimits } from "./retry-policy.ts";
import type { OutputListener } from "./trial-output.ts";

/** How an experiment is executed. */
export interface ExecuteOptions {
  /** A storage, or its URL. Default: `ASSAY_STORAGE`, else `sqlite:assay.db` in the current directory. */
  readonly storage?: string | Storage;
  /**
   * How trials are run. Default: `threads` for a file, `processes` for a command, `inline` for an experiment
   * that is an object.
   */
  readonly executor?: ExecutorName | Executor;
  /** How many threads or processes a named executor has, 1 to 1024. Default: one for each core. */
  readonly workers?: number;
  /** How many threads each process of the executor `hybrid` has, 1 to 1024. Default 2. */
  readonly threadsPerProcess?: number;
  /** Who proposes trials. Default: what the definition says, else `grid` or `random`. */
  readonly algorithm?: string | { readonly name: string; readonly [option: string]: unknown };
  /**
   * How many trials may be, or may yet become, completed or pruned, over all invocations; at least 1. A space
   * that is sampled needs a limit.
   */
  readonly maxTrials?: number;
  /** Stops the run once this many trials of it are broken. Default: no limit. */
  readonly maxBroken?: number;
  /** Runs the trials again that broke before this run. Default false. */
  readonly retryBroken?: boolean;
  /** Deletes the stored experiment of this name, and all under it, first. Default false. */
  readonly overwrite?: boolean;
  /** Only the trials with these values: by name, or as texts `name=value`. */
  readonly narrow?: Readonly<Record<string, unknown>> | readonly string[];
  /** Only this trial, by its id or a prefix of it. */
  readonly trial?: string;
  /** How long a trial may take, in milliseconds. Default: no limit. */
  readonly timeout?: number;
  /**
   * How long a trial may go without a sign of progress, in milliseconds: it reports, saves, asks or writes
   * nothing. Default: no limit.
   */
  readonly noProgressTimeout?: number;
  /** How much memory a worker may use, in MB: the heap of a thread, or all that a process has resident. */
  readonly memory?: number;
  /**
   * How often a trial is tried again after an attempt that failed; by the cause, or for all alike. Default:
   * `{ error: 0, timeout: 0, memory: 0, lost: 2 }`.
   */
  readonly retries?: number | RetryLimits;
  /** What the random numbers of a new experiment derive from. A stored one keeps its seed. */
  readonly seed?: number;
  /** The working directory of the trials. Default: the current one. */
  readonly directory?: string;
  /** Called about ten times a second, and at the end; or true for a bar on standard error. Default false. */
  readonly progress?: boolean | ((progress: Progress) => void);
  /** Kept with the record of the run. */
  readonly notes?: string;
  /** Whether to wait for trials that other processes hold, to take them over if they are lost. Default true. */
  readonly wait?: boolean;
  /** Interrupts the run: trials in flight are marked interrupted. */
  readonly signal?: AbortSignal;
  /** The export of the file that is the experiment. Default "default". */
  readonly export?: string;
  /**
   * Is told what is written while trials run, as it comes; or true to show it on standard error, each line
   * with the number of its trial. Default: only what is written outside of trials is shown. What trials write
   * is kept in any case: `storage.getOutput`.
   */
  readonly onOutput?: true | OutputListener;
  /**
   * Hears of each operation that waits for a storage's server that cannot be reached, with the error of its
   * first try. For a storage that is given by its URL.
   */
  readonly onOutage?: (error: unknown) => void;
  /** Hears once of each setting of a storage that weakens what it promises. For one that is given by its URL. */
  readonly onWarning?: (warning: string) => void;
  /** The command line, for the record of the run. */
  readonly command?: readonly string[];
}

type OptionName = keyof ExecuteOptions;

const optionNames: Readonly<Record<OptionName, true>> = {
  storage: true,
  executor: true,
  workers: true,
  threadsPerProcess: true,
  algorithm: true,
  maxTrials: true,
  maxBroken: true,
  retryBroken: true,
  overwrite: true,
  narrow: true,
  trial: true,
  timeout: true,
  noProgressTimeout: true,
  memory: true,
  retries: true,
  seed: true,
  directory: true,
  progress: true,
  notes: true,
  wait: true,
  signal: true,
  export: true,
  onOutput: true,
  onOutage: true,
  onWarning: true,
  command: true,
};

/** Refuses options that do not exist or are out of range. `USAGE`, with the nearest name. */
export function checkOptions(options: ExecuteOptions): void {
  const names = Object.keys(optionNames);
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new AssayError("USAGE", `Unknown option "${name}" of execute${didYouMean(name, names)}`, {
      details: { option: name, accepted: names },
    });
  }
  checkWhole("maxTrials", options.maxTrials, 1);
  checkWhole("maxBroken", options.maxBroken, 1);
  checkWhole("seed", options.seed, 0);
  checkWhole("memory", options.memory, 1);
  for (const name of ["workers", "threadsPerProcess"] as const) {
    if (options[name] !== undefined) checkCount(name, options[name]);
  }
  checkTime("timeout", options.timeout);
  checkTime("noProgressTimeout", options.noProgressTimeout);
  new RetryPolicy(options.retries);
  if (options.trial !== undefined && options.narrow !== undefined && size(options.narrow) > 0) {
    throw new AssayError("USAGE", "Either one trial or name=value can be given, not both");
  }
}

function size(narrow: NonNullable<ExecuteOptions["narrow"]>): number {
  return Object.keys(narrow).length;
}

function checkTime(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw new AssayError(
    "USAGE",
    `${name} is a number of milliseconds above 0, got ${showValue(value)}`,
    { details: { option: name, value } },
  );
}

function checkWhole(name: string, value: number | undefined, min: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  throw new AssayError(
    "USAGE",
    `${name} is a whole number from ${String(min)} on, got ${String(value)}`,
    { details: { option: name, value } },
  );
}
