import { stat } from "node:fs/promises";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { runExperiment } from "../../execution/run-experiment.ts";
import type { ExecuteOptions } from "../../execution/execute-options.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { tellOutages } from "../outages.ts";
import { runOptions, type RunFlags } from "../run-flags.ts";
import { readTarget, type RunTarget } from "../run-target.ts";
import { describeRun, describeSeed } from "../run-summary.ts";
import { keepHeapSteady } from "../steady-heap.ts";
import { storageUrl, withStorage } from "../storage-option.ts";
import type { Invocation, Verb } from "../verb.ts";

export const verb: Verb<RunFlags> = {
  options: runOptions,
  examples: [
    ["assay run sweep.ts", "what is not completed yet"],
    ["assay run sweep.ts rate=0.1", "only the trials with this value"],
    ["assay run sweep.ts --max-trials 100 --timeout 5m", "with limits"],
    ["assay run sweep.ts --retry-broken", "also what broke before"],
    ["assay run sweep.ts --verbose", "and show what its trials write"],
    ["assay run sweep.ts --dry-run", "how many trials that would be"],
    [
      "assay run --name tune --minimize loss -- ./train --lr~'linspace(0, 1, 5)'",
      "a command; ~ marks a parameter",
    ],
  ],
  run: runVerb,
};

async function runVerb(invocation: Invocation<RunFlags>): Promise<ExitCode> {
  const { flags, globals, terminal } = invocation;
  const target = readTarget(invocation);
  await checkDirectory(flags.directory);
  const storage = await storageUrl(globals);
  const options = await toOptions(invocation, target, storage);
  if (flags.dryRun === true) {
    const { planRun, describePlan } = await import("../plan-run.ts");
    const plan = await planRun(target.experiment, storage, options);
    if (globals.json === true) await terminal.writeJson({ dryRun: true, ...plan });
    else await terminal.write(describePlan(plan));
    return exitCodes.done;
  }
  keepHeapSteady();
  const { signal, stop } = listenForInterrupts();
  const summary = await runExperiment(target.experiment, { ...options, storage, signal }).finally(
    stop,
  );
  const seedNote = describeSeed(summary, flags);
  if (seedNote !== undefined) terminal.note(seedNote);
  if (globals.json === true) {
    const best = summary.best === null ? null : toTrialRow(summary.best);
    await terminal.writeJson({ ...summary, best });
  } else if (globals.quiet !== true) {
    await terminal.write(await describeRun(summary, { invocation, storage, target }));
  }
  if (summary.end === "interrupted") return exitCodes.interrupted;
  return summary.brokenInExperiment > 0 ? exitCodes.broken : exitCodes.done;
}

async function toOptions(
  { flags, globals, argv, terminal }: Invocation<RunFlags>,
  { narrow }: RunTarget,
  storage: string,
): Promise<ExecuteOptions> {
  const { trial, dryRun: _, name: _name, minimize: _min, maximize: _max, ...rest } = flags;
  const { template: _template, ...others } = rest;
  const { wait, progress, ...passed } = others;
  const isShown = globals.json === true ? process.stderr.isTTY : globals.quiet !== true;
  return {
    ...passed,
    ...(trial === undefined ? {} : { trial: await toTrialId(trial, storage) }),
    narrow,
    wait: wait !== false,
    progress: progress !== false && isShown,
    ...(globals.verbose === true ? { onOutput: true } : {}),
    onOutage: tellOutages(),
    onWarning: (warning) => terminal.note(`Warning: ${warning}`),
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
