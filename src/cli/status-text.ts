import type { ExperimentStatus } from "../analysis/experiment-status.ts";
import { experimentLabel } from "../analysis/trial-label.ts";
import type { Objective } from "../model/objective.ts";
import type { Trial } from "../model/trial.ts";
import type { Run } from "../storage/runs.ts";
import { formatDuration } from "../util/duration.ts";
import { formatNumber } from "../util/number-format.ts";
import { flattenPaths } from "../values/path.ts";
import { countCells, countsLine, countTitles } from "./count-columns.ts";
import { formatPercent, formatTime, oneLine, textWidth } from "./format-value.ts";
import { renderFields, valuesLine } from "./sections.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const barCells = 16;

/** What is known of where a text is shown. */
type View = Pick<Terminal, "width" | "style">;

/** A line an experiment: a bar, counts, speed, the best value. */
export function statusTable(all: readonly ExperimentStatus[], terminal: View): string {
  const counts = all.map(({ trials }) => trials);
  const isRunning = all.some(({ running }) => running > 0);
  const rows = all.map((status) => [
    { text: experimentLabel(status.experiment) },
    // A number, because it is whole or not there.
    { text: bar(status.progress), isNumber: true },
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
  const kept = new Set(titles.keys());
  kept.delete(titles.indexOf(""));
  const { text, hidden } = renderTable({ titles, rows, kept }, terminal);
  const missing = hidden.filter((title) => title !== "").join(", ");
  if (missing === "") return text;
  const note = oneLine(`… not shown for lack of room: ${missing}`, terminal.width);
  return `${text}${terminal.style("dim", note)}\n`;
}

/** A few lines about one experiment. */
export function describeStatus(status: ExperimentStatus, { width, style }: View): string {
  const { experiment, trials, running, lost, best, lastRun } = status;
  return `${headline(status, { width, style })}\n\n${renderFields(
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
    { width },
  )}`;
}

/** The experiment and how far it is; without the bar where there is no room for it. */
function headline({ experiment, trials, planned, progress }: ExperimentStatus, view: View): string {
  const { width = Infinity, style } = view;
  const name = experimentLabel(experiment);
  const of = planned === null ? "" : ` of ${String(planned)}`;
  const done = `${String(trials.completed)}${of}`;
  const percent = formatPercent(progress);
  const fits = (rest: string): boolean => textWidth(name) + textWidth(rest) <= width;
  const rests = [
    `  ${bar(progress)} ${percent}  ${done} trials completed`,
    `  ${percent}  ${done} trials completed`,
    `  ${percent}  ${done}`,
    `  ${percent}`,
  ];
  const rest = rests.find(fits) ?? "";
  return `${style("bold", oneLine(name, width))}${rest}`;
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
