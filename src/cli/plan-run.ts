import { resolve } from "node:path";
import { exampleCommand } from "../execution/command/example-command.ts";
import type { CommandProgram } from "../execution/command/define-command.ts";
import type { AnyExperiment } from "../execution/define-experiment.ts";
import { checkOptions, type ExecuteOptions } from "../execution/execute-options.ts";
import { loadProgram } from "../execution/load-program.ts";
import { planExperiment, type ExperimentPlan } from "../execution/prepare-experiment.ts";
import { describeExperiment } from "../execution/worker/describe.ts";
import { loadExperiment } from "../execution/worker/load-experiment.ts";
import { isAssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import type { TrialStatus } from "../model/status.ts";
import { unfinishedStatuses } from "../model/transitions.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { createRandom } from "../util/random.ts";
import { shellLine } from "./next-command.ts";

/** The states of this many trials are read at a time. */
const batchSize = 1000;

/** What a run would do. */
export interface RunPlan {
  /** The name and version of the experiment. */
  readonly experiment: string;
  /** How many trials it would run. */
  readonly toRun: number;
  /** Trials that are completed already. */
  readonly skipped: number;
  /** Broken trials that it would leave so. */
  readonly leftBroken: number;
  /** Stored trials that `--overwrite` would delete. */
  readonly deleted: number;
  /** Of a command: its parameters, each with what it may be, and the words of one of its trials. */
  readonly command?: {
    readonly parameters: Readonly<Record<string, string>>;
    readonly example: readonly string[];
  };
}

type StatusCounts = Map<TrialStatus, number>;
type Counts = Pick<RunPlan, "toRun" | "skipped" | "leftBroken">;

/** Says what running a file or a command would do. A file is loaded; nothing of it is run or stored. */
export async function planRun(
  target: string | AnyExperiment,
  url: string,
  options: ExecuteOptions,
): Promise<RunPlan> {
  checkOptions(options);
  const directory = resolve(options.directory ?? ".");
  const { program } = await loadProgram(target, options.export ?? "default", directory);
  const isObject = program.kind === "object";
  const experiment = isObject ? program.experiment : await loadExperiment(program);
  const described = describeExperiment(experiment);
  await using storage = await openIfThere(url);
  const plan = await planExperiment(storage, described, options, undefined);
  const { overwritten } = plan;
  const stored =
    overwritten === undefined ? await storage?.findExperiment(described.name) : undefined;
  const isStored = storage !== undefined && stored !== undefined;
  return {
    experiment: `${described.name}@${String(stored?.version ?? 1)}`,
    ...(isStored ? await countLeft(storage, stored, plan, options) : countAll(plan)),
    deleted: overwritten === undefined ? 0 : ((await storage?.countTrials(overwritten)) ?? 0),
    ...(program.kind === "command" ? { command: describeCommand(program.program, plan) } : {}),
  };
}

function describeCommand(
  program: CommandProgram,
  { space, narrowed }: ExperimentPlan,
): NonNullable<RunPlan["command"]> {
  const trials = narrowed ?? space.narrow({});
  const params = trials.size === Infinity ? trials.sample(createRandom(0)) : trials.at(0).params;
  return {
    parameters: Object.fromEntries(
      space.dimensions.map(({ name, description }) => [name, description]),
    ),
    example: exampleCommand(program, params),
  };
}

/** The plan in a line; of a command, its parameters and an example below it. */
export function describePlan(plan: RunPlan): string {
  const { experiment, toRun, skipped, leftBroken, deleted, command } = plan;
  const parts = [
    `${String(toRun)} ${toRun === 1 ? "trial" : "trials"} would run`,
    ...(skipped > 0 ? [`${String(skipped)} completed already`] : []),
    ...(leftBroken > 0 ? [`${String(leftBroken)} broken (--retry-broken runs them again)`] : []),
    ...(deleted > 0 ? [`${String(deleted)} stored trials would be deleted first`] : []),
  ];
  const line = `${experiment.replace(/@1$/, "")}: ${parts.join(", ")}\n`;
  if (command === undefined) return line;
  const width = Math.max(0, ...Object.keys(command.parameters).map((name) => name.length));
  const parameters = Object.entries(command.parameters).map(
    ([name, description]) => `  ${name.padEnd(width)}  ${description}\n`,
  );
  return `${line}${parameters.join("")}such as\n  ${shellLine(command.example)}\n`;
}

async function openIfThere(url: string): Promise<Storage | undefined> {
  try {
    return await openStorage(url, { create: false });
  } catch (error) {
    if (isAssayError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/** The trials of an experiment that is not stored. */
function countAll({ space, narrowed, maxTrials }: ExperimentPlan): Counts {
  const size = narrowed?.size ?? (space.enumerable ? space.size : space.cardinality);
  return { toRun: Math.min(size, maxTrials), skipped: 0, leftBroken: 0 };
}

async function countLeft(
  storage: Storage,
  experiment: Experiment,
  plan: ExperimentPlan,
  { trial, retryBroken }: ExecuteOptions,
): Promise<Counts> {
  const retries = retryBroken === true;
  if (trial !== undefined) {
    const { status } = await storage.getTrial(trial);
    return countsOf(new Map([[status, 1]]), 0, retries);
  }
  if (plan.narrowed !== undefined) {
    const { narrowed, maxTrials } = plan;
    const { stored, absent } = await countNarrowed(storage, experiment, narrowed, maxTrials);
    return countsOf(stored, absent, retries);
  }
  const { completed, pruned, broken, total } = await storage.countByStatus(experiment);
  const { maxTrials, space } = plan;
  const ended = completed + pruned;
  const left = (total ?? space.cardinality) - ended - (retries ? 0 : broken);
  return {
    toRun: Math.max(0, Math.min(left, maxTrials - ended)),
    skipped: completed,
    leftBroken: retries ? 0 : broken,
  };
}

/** What is stored of a narrowed space, by status, and how many other trials of it may be added. */
async function countNarrowed(
  storage: Storage,
  experiment: Experiment,
  narrowed: NarrowedSpace,
  maxTrials: number,
): Promise<{ readonly stored: StatusCounts; readonly absent: number }> {
  const stored: StatusCounts = new Map();
  const places = await storage.countPlaces(experiment, maxTrials);
  if (narrowed.size === Infinity) {
    for await (const { params, status } of storage.eachTrial(experiment)) {
      if (narrowed.matches(params)) count(stored, status);
    }
    return { stored, absent: places };
  }
  let absent = 0;
  for (let from = 0; from < narrowed.size; from += batchSize) {
    const ids = Array.from({ length: Math.min(batchSize, narrowed.size - from) }, (_, i) => {
      const { params, occurrence } = narrowed.at(from + i);
      return trialId(experiment.id, contentKey(params, occurrence));
    });
    const states = await storage.trialStates(ids);
    absent += ids.length - states.size;
    for (const { status } of states.values()) count(stored, status);
  }
  return { stored, absent: Math.min(absent, places) };
}

function count(counts: StatusCounts, status: TrialStatus): void {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

function countsOf(stored: StatusCounts, absent: number, retries: boolean): Counts {
  const broken = stored.get("broken") ?? 0;
  const unfinished = unfinishedStatuses.reduce((sum, status) => sum + (stored.get(status) ?? 0), 0);
  return {
    toRun: absent + unfinished + (retries ? broken : 0),
    skipped: stored.get("completed") ?? 0,
    leftBroken: retries ? 0 : broken,
  };
}
