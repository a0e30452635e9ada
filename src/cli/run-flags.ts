import type { OptionDocs } from "./option-docs.ts";
import { executorNames, type ExecutorName } from "../execution/named-executor.ts";
import type { RetryLimits } from "../execution/retry-policy.ts";
import {
  readDuration,
  readMegabytes,
  readOneOf,
  readRetries,
  readText,
  readWhole,
} from "./option-readers.ts";

/** The options of `assay run`. */
export interface RunFlags {
  readonly export?: string;
  readonly name?: string;
  readonly minimize?: string;
  readonly maximize?: string;
  readonly template?: string;
  readonly executor?: ExecutorName;
  readonly workers?: number;
  readonly threadsPerProcess?: number;
  readonly algorithm?: string;
  readonly maxTrials?: number;
  readonly maxBroken?: number;
  readonly retryBroken?: boolean;
  readonly trial?: string;
  readonly overwrite?: boolean;
  readonly timeout?: number;
  readonly noProgressTimeout?: number;
  readonly memory?: number;
  readonly retries?: number | RetryLimits;
  readonly seed?: number;
  readonly directory?: string;
  readonly notes?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly progress?: boolean;
}

export const runOptions: OptionDocs<RunFlags> = {
  export: {
    flag: "--export NAME",
    says: "the export that is the experiment (default: default)",
    read: readText,
  },
  name: {
    flag: "--name NAME",
    says: "the name of the experiment whose trials are a command",
    read: readText,
  },
  minimize: {
    flag: "--minimize RESULT",
    says: "the result of the command that should be small",
    read: readText,
  },
  maximize: {
    flag: "--maximize RESULT",
    says: "the result of the command that should be large",
    read: readText,
  },
  template: {
    flag: "--template FILE",
    says: "a configuration file of the command in which NAME~PRIOR marks parameters",
    read: readText,
  },
  executor: {
    flag: "--executor NAME",
    says: "threads (default), processes, hybrid (threads of processes), serial or inline",
    read: readOneOf(executorNames),
  },
  workers: {
    flag: "--workers N",
    says: "how many threads or processes (default: one for each core)",
    read: readWhole(1),
  },
  threadsPerProcess: {
    flag: "--threads-per-process N",
    says: "how many threads in each process of the executor hybrid (default: 2)",
    read: readWhole(1),
  },
  algorithm: {
    flag: "--algorithm NAME",
    says: "who proposes trials: grid or random",
    read: readText,
  },
  maxTrials: {
    flag: "--max-trials N",
    says: "at most so many trials, over all runs of the experiment",
    read: readWhole(1),
  },
  maxBroken: {
    flag: "--max-broken N",
    says: "stop once so many trials of this run are broken",
    read: readWhole(1),
  },
  retryBroken: { flag: "--retry-broken", says: "run broken trials again" },
  trial: {
    flag: "--trial TRIAL",
    says: "only this trial, by its id or as EXPERIMENT#NUMBER",
    read: readText,
  },
  overwrite: {
    flag: "--overwrite",
    says: "delete the stored experiment of this name, with all its trials, first",
  },
  timeout: {
    flag: "--timeout TIME",
    says: "how long a trial may take: 30s, 5m, 500ms; a bare number is seconds",
    read: readDuration,
  },
  noProgressTimeout: {
    flag: "--no-progress-timeout TIME",
    says: "how long a trial may report, save and write nothing",
    read: readDuration,
  },
  memory: {
    flag: "--memory SIZE",
    says: "how much memory a worker may use: 500MB, 2GB; a bare number is MB",
    read: readMegabytes,
  },
  retries: {
    flag: "--retries N",
    says: "how often a failed trial is tried again; by cause: error=2,timeout=1,memory=0,lost=2",
    read: readRetries,
  },
  seed: {
    flag: "--seed N",
    says: "what the random numbers of a new experiment derive from",
    read: readWhole(0),
  },
  directory: {
    flag: "--directory PATH",
    says: "the working directory of the trials",
    read: readText,
  },
  notes: { flag: "--notes TEXT", says: "keep this with the record of the run", read: readText },
  dryRun: { flag: "--dry-run", says: "say what would be run; store nothing" },
  wait: { flag: "--no-wait", says: "do not wait for trials that other processes run" },
  progress: { flag: "--no-progress", says: "show no progress" },
};
