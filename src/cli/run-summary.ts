import type { ExecutionSummary } from "../execution/run-experiment.ts";
import { formatDuration } from "../util/duration.ts";
import { flattenPaths } from "../values/path.ts";
import { oneLine } from "./format-value.ts";
import { nextCommand } from "./next-command.ts";
import { renderFields, valuesLine } from "./sections.ts";
import { withStorage } from "./storage-option.ts";
import type { Invocation } from "./verb.ts";
import type { RunFlags } from "./run-flags.ts";
import type { RunTarget } from "./run-target.ts";

export interface RunAtHand {
  readonly invocation: Invocation<RunFlags>;
  readonly storage: string;
  readonly target: RunTarget;
}

/** What a run did, the best trial, what broke, and what to type next. */
export async function describeRun(summary: ExecutionSummary, run: RunAtHand): Promise<string> {
  const { globals, terminal } = run.invocation;
  const { style } = terminal;
  const name = summary.experiment.replace(/@1$/, "");
  const lines = [`${style("bold", name)}  ${headline(summary)}\n`];
  if (summary.stopped !== null) lines.push(`${oneLine(summary.stopped)}\n`);

  const isKept = !run.storage.startsWith("memory:");
  const broken = isKept && summary.broken > 0 ? await firstBroken(run.storage, summary) : undefined;
  const { best } = summary;
  lines.push(
    renderFields(
      [
        ["broken", broken === undefined ? undefined : style("bad", brokenLine(broken))],
        ["best", best === null ? undefined : `trial ${String(best.number)}: ${resultsLine(best)}`],
        ["with", best === null ? undefined : valuesLine(flattenPaths(best.params))],
      ],
      style,
    ),
  );
  if (!isKept) return lines.join("");
  const { first, last } = run.target.again;
  const again = (...options: readonly string[]): string =>
    nextCommand(globals, "run", ...first, ...repeated(run.invocation.flags), ...options, ...last);
  const next = [
    ...(broken === undefined
      ? []
      : [nextCommand(globals, "trial", `${name}#${String(broken.number)}`)]),
    ...(broken?.hasOutput === true
      ? [nextCommand(globals, "logs", `${name}#${String(broken.number)}`)]
      : []),
    ...(summary.stopped === null ? [] : [again()]),
    ...(summary.brokenInExperiment > 0 ? [again("--retry-broken")] : []),
    nextCommand(globals, "trials", name),
  ];
  lines.push(`\n${style("dim", "Next")}\n${next.map((command) => `  ${command}\n`).join("")}`);
  return lines.join("");
}

function headline(summary: ExecutionSummary): string {
  const { executed, skipped, leftBroken, completed, broken, pruned, interrupted } = summary;
  const parts = [
    [completed, "completed"],
    [broken, "broken"],
    [pruned, "pruned"],
    [interrupted, "interrupted"],
  ] as const;
  const did = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${String(count)} ${word}`);
  const before = skipped === 0 ? [] : [`${String(skipped)} completed before`];
  if (leftBroken > 0) before.push(`${String(leftBroken)} broken before`);
  if (executed + interrupted === 0) {
    const { limitReached } = summary;
    const why = limitReached === null ? [] : [`maxTrials ${String(limitReached)} is reached`];
    return ["nothing to run", ...why, ...before].join(", ");
  }
  return [`${did.join(", ")} in ${formatDuration(summary.elapsedMs)}`, ...before].join(", ");
}

interface Broken {
  readonly number: number;
  readonly message: string;
  readonly hasOutput: boolean;
}

/** That a seed was asked for which the stored experiment does not have; undefined when it does. */
export function describeSeed(summary: ExecutionSummary, { seed }: RunFlags): string | undefined {
  if (seed === undefined || seed === summary.seed) return undefined;
  const name = summary.experiment.replace(/@1$/, "");
  return `"${name}" was stored with the seed ${String(summary.seed)} and keeps it; --overwrite begins anew with ${String(seed)}`;
}

/** The first trial that broke in this run. */
async function firstBroken(
  storage: string,
  { experiment, run }: ExecutionSummary,
): Promise<Broken | undefined> {
  return await withStorage({ storage }, async (opened) => {
    const page = { where: { status: "broken" } };
    for await (const trial of opened.eachTrial(experiment, page)) {
      if (trial.run !== run) continue;
      const hasOutput = (await opened.getOutput(trial.id, trial.attempt)) !== undefined;
      return { number: trial.number, message: trial.error?.message ?? "", hasOutput };
    }
    return undefined;
  });
}

function brokenLine({ number, message }: Broken): string {
  return `trial ${String(number)}: ${oneLine(message, 200)}`;
}

function resultsLine({ results }: NonNullable<ExecutionSummary["best"]>): string {
  return valuesLine(flattenPaths(results ?? {}));
}

/** The options that make the same command mean the same run. */
function repeated({ export: name, directory }: RunFlags): readonly string[] {
  return [
    ...(name === undefined ? [] : ["--export", name]),
    ...(directory === undefined ? [] : ["--directory", directory]),
  ];
}
