import { join, resolve, sep } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import type { Trial } from "../model/trial.ts";
import { endHolder, newHolder } from "../storage/holders.ts";
import type { Storage } from "../storage/storage.ts";
import { Coordinator, type RunEnd } from "./coordinator.ts";
import { Crew } from "./crew.ts";
import type { AnyExperiment } from "./define-experiment.ts";
import { checkOptions, type ExecuteOptions } from "./execute-options.ts";
import type { Executor } from "./executor.ts";
import { loadProgram, type LoadedProgram } from "./load-program.ts";
import { resolveExecutor } from "./named-executor.ts";
import { planExperiment, storeExperiment, type ExperimentPlan } from "./prepare-experiment.ts";
import { ProgressTracker } from "./progress.ts";
import { reportProgress } from "./progress-reporter.ts";
import { RetryPolicy } from "./retry-policy.ts";
import { RunRecord } from "./run-record.ts";
import { storageTarget } from "./storage-target.ts";
import { heardOutput, shownOutput } from "./trial-output.ts";
import { trialsToRun } from "./trials-to-run.ts";

/** What one invocation did. */
export interface ExecutionSummary {
  /** The name and version of the experiment. */
  readonly experiment: string;
  /** The reference of the run's record; null when there was nothing to run. */
  readonly run: string | null;
  /** Trials that this run brought to an end: completed, broken or pruned. */
  readonly executed: number;
  /** Trials that were completed before. */
  readonly skipped: number;
  /** Of the trials that this run might have run, those that broke before and were left so. */
  readonly leftBroken: number;
  readonly completed: number;
  readonly broken: number;
  readonly pruned: number;
  readonly interrupted: number;
  /** The best trial of the whole experiment; null without a declared objective or a completed trial. */
  readonly best: Trial | null;
  readonly elapsedMs: number;
  /** How the run ended: with nothing left to run, interrupted, or stopped by a limit. */
  readonly end: RunEnd["kind"];
  /** Why the run ended before its trials did; null when it did not. */
  readonly stopped: string | null;
  /** What the random numbers of the experiment derive from: a stored one keeps its seed. */
  readonly seed: number;
  /** Broken trials in the whole experiment. */
  readonly brokenInExperiment: number;
  /** `maxTrials`, where it is the reason that there was nothing to run; null otherwise. */
  readonly limitReached: number | null;
}

/** What `execute` does (its documentation is there), in a module that is loaded when it is called. */
export async function runExperiment(
  experiment: AnyExperiment | string | URL,
  options: ExecuteOptions = {},
): Promise<ExecutionSummary> {
  checkOptions(options);
  const target = storageTarget(options);
  const directory = resolve(options.directory ?? ".");
  const loaded = await loadProgram(experiment, options.export ?? "default", directory);
  const executor = resolveExecutor(options, loaded.program.kind);
  const trials = join(directory, ".assay", "trials", sep);
  const back = process.cwd();
  if (options.directory !== undefined) enter(directory);
  let crew: Crew | undefined;
  try {
    crew = new Crew({
      executor,
      program: loaded.program,
      timeoutMs: options.timeout,
      noProgressTimeoutMs: options.noProgressTimeout,
      memoryMb: options.memory,
      taskDirectory: ({ id }) => `${trials}${id}`,
    });
    // The workers load the code while the driver is loaded here.
    const loading = Promise.race([crew.described, interruption(options.signal)]);
    const [described] = await Promise.all([loading, target.preload()]);
    const existing = await target.openExisting();
    const plan = await planExperiment(existing, described, options, loaded.bundle);
    if (existing === undefined) crew.prepare(trialsOf(plan));
    const storage = existing ?? (await target.create());
    return await runPlan({ storage, crew, executor, plan, loaded, options });
  } finally {
    await crew?.close();
    if (options.directory !== undefined) process.chdir(back);
    await target.release();
  }
}

/** Rejects when a run is interrupted while the file is loaded, which may never be over. */
async function interruption(signal: AbortSignal | undefined): Promise<never> {
  return await new Promise((_, reject) => {
    const interrupt = (): void => {
      const message = "Interrupted while the experiment's file was loaded; nothing was run";
      reject(new AssayError("INTERRUPTED", message));
    };
    signal?.addEventListener("abort", interrupt, { once: true });
  });
}

/** Makes a folder the working directory. `USAGE` when it is none. */
function enter(directory: string): void {
  try {
    process.chdir(directory);
  } catch (error) {
    throw new AssayError("USAGE", `The directory "${directory}" cannot be entered`, {
      details: { directory },
      cause: error,
    });
  }
}

interface Execution {
  readonly storage: Storage;
  readonly crew: Crew;
  readonly executor: Executor;
  readonly plan: ExperimentPlan;
  readonly loaded: LoadedProgram;
  readonly options: ExecuteOptions;
}

async function runPlan(execution: Execution): Promise<ExecutionSummary> {
  const { storage, crew, executor, plan, loaded, options } = execution;
  const experiment = await storeExperiment(storage, plan, loaded.bundle);
  const holder = newHolder();
  const { source, scope } = await trialsToRun(storage, experiment, plan, options, holder);
  crew.prepare((scope.total ?? Infinity) - scope.skipped);
  const record = new RunRecord(storage, experiment, {
    holder,
    command: options.command ?? [],
    ...(options.notes === undefined ? {} : { notes: options.notes }),
    ...(loaded.bundle === undefined ? {} : { code: loaded.bundle.hash }),
  });
  const progress = new ProgressTracker(scope, experiment.objectives[0], () => crew.activity);
  await offerBest(storage, experiment, progress);
  const { onOutput } = options;
  const output =
    typeof onOutput === "function"
      ? heardOutput(onOutput)
      : shownOutput(process.stderr, { showsTrials: onOutput === true });
  const reporter = reportProgress(progress, options.progress ?? false);
  const coordinator = new Coordinator(crew, {
    storage,
    source: record.startingWith(source),
    run: () => record.reference,
    progress,
    onProgress: reporter.changed,
    output,
    limits: { timeoutMs: options.timeout, noProgressTimeoutMs: options.noProgressTimeout },
    retries: new RetryPolicy(options.retries),
    maxBroken: options.maxBroken,
    waits: options.wait !== false,
    isInline: executor.isInline,
    signal: options.signal,
  });
  try {
    const end = await coordinator.run();
    const counted = { progress, leftBroken: scope.leftBroken, maxTrials: plan.maxTrials };
    const summary = await summarize(storage, experiment, counted, end, record);
    await record.finish(end, summary);
    await record.showResults();
    return summary;
  } catch (error) {
    await record.fail();
    endHolder(holder);
    throw error;
  } finally {
    output.end();
    reporter.stop();
  }
}

/** How many trials there are to run where nothing was run before. */
function trialsOf({ narrowed, space, maxTrials }: ExperimentPlan): number {
  return Math.min((narrowed ?? space).size, maxTrials);
}

/** Progress begins with the best value of earlier runs. */
async function offerBest(
  storage: Storage,
  experiment: Experiment,
  progress: ProgressTracker,
): Promise<void> {
  const [first] = experiment.objectives;
  if (first === undefined) return;
  const best = await storage.bestTrial(experiment);
  const value = best?.results?.[first.name];
  if (best !== undefined && typeof value === "number") progress.offer(best.number, value);
}

interface Counted {
  readonly progress: ProgressTracker;
  readonly leftBroken: number;
  readonly maxTrials: number;
}

async function summarize(
  storage: Storage,
  experiment: Experiment,
  { progress, leftBroken, maxTrials }: Counted,
  end: RunEnd,
  record: RunRecord,
): Promise<ExecutionSummary> {
  const { completed, broken, pruned, interrupted } = progress.counts;
  const best = experiment.objectives.length === 0 ? undefined : await storage.bestTrial(experiment);
  return {
    experiment: `${experiment.name}@${String(experiment.version)}`,
    run: record.reference === "" ? null : record.reference,
    executed: progress.ended,
    skipped: progress.skipped,
    leftBroken,
    completed,
    broken,
    pruned,
    interrupted,
    best: best ?? null,
    elapsedMs: progress.elapsedMs,
    end: end.kind,
    stopped: end.kind === "done" ? null : end.reason,
    seed: experiment.seed,
    brokenInExperiment: await storage.countBrokenTrials(experiment),
    limitReached: await limitReached(storage, experiment, progress, maxTrials),
  };
}

async function limitReached(
  storage: Storage,
  experiment: Experiment,
  progress: ProgressTracker,
  maxTrials: number,
): Promise<number | null> {
  if (progress.ended > 0 || maxTrials === Infinity) return null;
  return (await storage.countPlaces(experiment, maxTrials)) === 0 ? maxTrials : null;
}
