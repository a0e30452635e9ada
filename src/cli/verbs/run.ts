import { stat } from "node:fs/promises";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { execute } from "../../execution/execute.ts";
import type { ExecuteOptions } from "../../execution/execute-options.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { readDuration, readOneOf, readText, readWhole } from "../option-readers.ts";
import { describeRun } from "../run-summary.ts";
import { storageUrl, withStorage } from "../storage-option.ts";
import type { Invocation, Verb } from "../verb.ts";

export interface RunFlags {
  readonly export?: string;
  readonly executor?: "serial" | "inline";
  readonly algorithm?: string;
  readonly maxTrials?: number;
  readonly maxBroken?: number;
  readonly retryBroken?: boolean;
  readonly trial?: string;
  readonly overwrite?: boolean;
  readonly timeout?: number;
  readonly seed?: number;
  readonly directory?: string;
  readonly notes?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly progress?: boolean;
}

export const verb: Verb<RunFlags> = {
  options: {
    export: {
      flag: "--export NAME",
      says: "the export that is the experiment (default: default)",
      read: readText,
    },
    executor: {
      flag: "--executor NAME",
      says: "serial (one trial at a time, in a thread; default) or inline (in the main thread)",
      read: readOneOf(["serial", "inline"]),
    },
    algorithm: {
      flag: "--algorithm NAME",
      says: "who proposes trials: grid or random",
      read: readText,
    },
    maxTrials: {
      flag: "--max-trials N",
      says: "at most so many trials, over all runs of the experiment",
      read: readWhole(0),
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
  },
  examples: [
    ["assay run sweep.ts", "what is not completed yet"],
    ["assay run sweep.ts rate=0.1", "only the trials with this value"],
    ["assay run sweep.ts --max-trials 100 --timeout 5m", "with limits"],
    ["assay run sweep.ts --retry-broken", "also what broke before"],
    ["assay run sweep.ts --dry-run", "how many trials that would be"],
  ],
  run: runVerb,
};

async function runVerb(invocation: Invocation<RunFlags>): Promise<ExitCode> {
  const { args, flags, globals, terminal } = invocation;
  const [file = ""] = args;
  await checkDirectory(flags.directory);
  const storage = await storageUrl(globals);
  const options = await toOptions(invocation, storage);
  if (flags.dryRun === true) {
    const { planRun, describePlan } = await import("../plan-run.ts");
    const plan = await planRun(file, storage, options);
    if (globals.json === true) await terminal.writeJson({ dryRun: true, ...plan });
    else await terminal.write(describePlan(plan));
    return exitCodes.done;
  }
  const { signal, stop } = listenForInterrupts();
  const summary = await execute(file, { ...options, storage, signal }).finally(stop);
  if (globals.json === true) {
    const best = summary.best === null ? null : toTrialRow(summary.best);
    await terminal.writeJson({ ...summary, best });
  } else if (globals.quiet !== true) {
    await terminal.write(await describeRun(summary, { invocation, storage, file }));
  }
  if (signal.aborted && summary.stopped !== null) return exitCodes.interrupted;
  return summary.brokenInExperiment > 0 ? exitCodes.broken : exitCodes.done;
}

async function toOptions(
  { args, flags, globals, argv }: Invocation<RunFlags>,
  storage: string,
): Promise<ExecuteOptions> {
  const { trial, dryRun: _, wait, progress, ...passed } = flags;
  const isShown = globals.json === true ? process.stderr.isTTY : globals.quiet !== true;
  return {
    ...passed,
    ...(trial === undefined ? {} : { trial: await toTrialId(trial, storage) }),
    narrow: args.slice(1),
    wait: wait !== false,
    progress: progress !== false && isShown,
    command: argv,
  };
}

/** The id of a trial that is named by its number. */
async function toTrialId(trial: string, storage: string): Promise<string> {
  const { findTrial, isNumberedTrial } = await import("../../analysis/find-trial.ts");
  if (!isNumberedTrial(trial)) return trial;
  return await withStorage(
    { storage },
    async (opened) => (await findTrial(opened, trial)).trial.id,
  );
}

async function checkDirectory(directory: string | undefined): Promise<void> {
  if (directory === undefined) return;
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new AssayError("USAGE", `--directory takes a folder that exists, not "${directory}"`, {
    details: { option: "--directory", value: directory },
  });
}
