import type { ExperimentStatus } from "../analysis/experiment-status.ts";
import { experimentLabel } from "../analysis/trial-label.ts";
import type { Objective } from "../model/objective.ts";
import type { Trial } from "../model/trial.ts";
import type { Run } from "../storage/runs.ts";
import { formatDuration } from "../util/duration.ts";
import { formatNumber } from "../util/number-format.ts";
import { flattenPaths } from "../values/path.ts";
import { countCells, countsLine, countTitles } from "./count-columns.ts";
import { formatPercent, formatTime } from "./format-value.ts";
import { renderFields, valuesLine } from "./sections.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const barCells = 16;

/** A line an experiment: a bar, counts, speed, the best value. */
export function statusTable(all: readonly ExperimentStatus[], { width, style }: Terminal): string {
  const counts = all.map(({ trials }) => trials);
  const isRunning = all.some(({ running }) => running > 0);
  const rows = all.map((status) => [
    { text: experimentLabel(status.experiment) },
    { text: bar(status.progress) },
    { text: formatPercent(status.progress), isNumber: true },
    ...countCells(status.trials, counts),
    ...(isRunning
      ? [{ text: rate(status.ratePerSecond) }, { text: timeLeft(status.etaMs) ?? "" }]
      : []),
    { text: bestValue(status) ?? "" },
  ]);
  const titles = [
    "experiment",
    "",
    "done",
    ...countTitles(counts),
    ...(isRunning ? ["speed", "left"] : []),
    "best",
  ];
  return renderTable({ titles, rows }, { width, style }).text;
}

/** A few lines about one experiment. */
export function describeStatus(status: ExperimentStatus, style: Style): string {
  const { experiment, trials, planned, progress, running, lost, best, lastRun } = status;
  const of = planned === null ? "" : ` of ${String(planned)}`;
  const done = `${String(trials.completed)}${of} trials completed`;
  const head = `${style("bold", experimentLabel(experiment))}  ${bar(progress)} ${formatPercent(progress)}  ${done}\n`;
  return `${head}\n${renderFields(
    [
      ["trials", countsLine(trials)],
      ["running", running === 0 ? undefined : runningLine(status)],
      ["lost", lost === 0 ? undefined : lostLine(lost)],
      ["best", bestLine(status)],
      ["with", best === null ? undefined : paramsLine(best)],
      ["created", `${formatTime(experiment.createdAt)} UTC`],
      ["last run", lastRun === null ? undefined : runLine(lastRun)],
    ],
    style,
  )}`;
}

/** The parameters of a trial in a line. */
export function paramsLine({ params }: Pick<Trial, "params">): string {
  return valuesLine(flattenPaths(params));
}

/** The objective's value of the best trial: `accuracy 0.98`. */
function objectiveLine(
  objectives: readonly Objective[],
  { results }: Pick<Trial, "results">,
): string {
  return valuesLine(objectives.map(({ name }) => [name, results?.[name]]));
}

export function runLine({ reference, status, startedAt, endedAt }: Run): string {
  const took =
    endedAt === null ? "" : ` after ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`;
  return `${reference}, ${status}${took}`;
}

function lostLine(lost: number): string {
  const [whose, which] = lost === 1 ? ["its", "it"] : ["their", "them"];
  return `${String(lost)} reserved with ${whose} worker gone; the next run takes ${which} over`;
}

function runningLine({ running, ratePerSecond, etaMs }: ExperimentStatus): string {
  const parts = [`${String(running)} now`, rate(ratePerSecond), timeLeft(etaMs)];
  return parts.filter(Boolean).join(", ");
}

function bestLine({ experiment, best }: ExperimentStatus): string | undefined {
  if (best === null) return undefined;
  return `trial ${String(best.number)}: ${objectiveLine(experiment.objectives, best)}`;
}

function bestValue({ experiment, best }: ExperimentStatus): string | undefined {
  if (best === null) return undefined;
  return `${objectiveLine(experiment.objectives, best)} (trial ${String(best.number)})`;
}

function rate(perSecond: number | null): string {
  return perSecond === null ? "" : `${formatNumber(Number(perSecond.toPrecision(2)))}/s`;
}

function timeLeft(etaMs: number | null): string | undefined {
  return etaMs === null ? undefined : `${formatDuration(etaMs)} left`;
}

function bar(progress: number | null): string {
  if (progress === null) return "";
  const filled = Math.floor(progress * barCells);
  return `${"█".repeat(filled)}${"░".repeat(barCells - filled)}`;
}
