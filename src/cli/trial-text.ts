import { trialLabel } from "../analysis/trial-label.ts";
import type { Experiment } from "../model/experiment.ts";
import type { AttemptOutput } from "../model/output.ts";
import type { Attempt, MetricPoint, SnapshotInfo, Trial } from "../model/trial.ts";
import type { Artifact } from "../storage/artifacts.ts";
import { formatDuration } from "../util/duration.ts";
import { flattenPaths } from "../values/path.ts";
import { formatBytes, formatTime, formatValue, oneLine } from "./format-value.ts";
import { lastLines } from "./output-lines.ts";
import { renderFields } from "./sections.ts";
import { styleOfStatus } from "./status-style.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** How many lines of output are shown of a trial that broke. */
const shownLines = 10;

/** A trial and what it left. */
export interface TrialDetails {
  readonly experiment: Experiment;
  readonly trial: Trial;
  /** It is reserved by a worker that is gone. */
  readonly isLost: boolean;
  readonly attempts: readonly Attempt[];
  readonly metrics: readonly MetricPoint[];
  readonly snapshots: readonly SnapshotInfo[];
  readonly artifacts: readonly Artifact[];
  /** What the last attempt wrote, when it broke or was lost. */
  readonly failedOutput: AttemptOutput | undefined;
}

/** A trial in a few lines: what it is, its parameters and its results. `note` goes behind its status. */
export function summarizeTrial(
  experiment: Experiment,
  trial: Trial,
  style: Style,
  note: string = "",
): string {
  const look = styleOfStatus(trial.status);
  const status = look === undefined ? trial.status : style(look, trial.status);
  const took = trial.durationMs === null ? "" : ` in ${formatDuration(trial.durationMs)}`;
  return [
    `${style("bold", trialLabel(experiment, trial))}  ${status}${note}${took}\n`,
    section("Parameters", flattenPaths(trial.params), style),
    section("Results", flattenPaths(trial.results ?? {}), style),
  ].join("");
}

/** A trial and all that is known of it. `logs` is the command that shows all of its output. */
export function describeTrial(details: TrialDetails, terminal: Terminal, logs: string): string {
  const { experiment, trial, isLost, attempts, metrics, snapshots, artifacts, failedOutput } =
    details;
  const { style } = terminal;
  const files = artifacts.map(({ name, bytes }): [string, string] => [name, formatBytes(bytes)]);
  return [
    summarizeTrial(experiment, trial, style, isLost ? ", with its worker gone" : ""),
    section("Last metrics", Object.entries(trial.metrics), style),
    errorSection(trial, style),
    outputSection(failedOutput, logs, style),
    section("Artifacts", files, style),
    `\n${renderFields(
      [
        ["id", trial.id],
        ["seed", String(trial.seed)],
        ["created", `${formatTime(trial.createdAt)} UTC`],
        ["started", trial.startedAt === null ? undefined : `${formatTime(trial.startedAt)} UTC`],
        ["ended", trial.endedAt === null ? undefined : `${formatTime(trial.endedAt)} UTC`],
        ["worker", trial.worker ?? undefined],
        ["run", trial.run ?? undefined],
        ["metrics", metrics.length === 0 ? undefined : `${String(metrics.length)} points`],
        ["snapshots", snapshots.length === 0 ? undefined : String(snapshots.length)],
      ],
      style,
    )}`,
    attempts.length > 1 ? `\n${attemptTable(attempts, terminal)}` : "",
  ].join("");
}

function section(
  title: string,
  values: readonly (readonly [name: string, value: unknown])[],
  style: Style,
): string {
  if (values.length === 0) return "";
  const fields = values.map(
    ([name, value]) => [name, formatValue(value) || (value === "" ? '""' : "null")] as const,
  );
  return `\n${title}\n${renderFields(fields, style, { indent: "  " })}`;
}

function errorSection({ error }: Trial, style: Style): string {
  if (error === null) return "";
  // A stack begins with the message.
  const text = error.stack ?? error.message;
  const lines = text.split("\n").map((line) => `  ${oneLine(line)}\n`);
  return `\n${style("bad", "Error")}\n${lines.join("")}`;
}

function outputSection(output: AttemptOutput | undefined, logs: string, style: Style): string {
  if (output === undefined) return "";
  const lines = lastLines(output, shownLines).map((line) => `  ${line}\n`);
  return `\nEnd of its output  ${style("dim", `(all: ${logs})`)}\n${lines.join("")}`;
}

function attemptTable(attempts: readonly Attempt[], { style, width }: Terminal): string {
  const rows = attempts.map(({ attempt, status, startedAt, durationMs, error }) => [
    { text: String(attempt), isNumber: true },
    { text: status },
    { text: startedAt === null ? "" : formatTime(startedAt) },
    { text: durationMs === null ? "" : formatDuration(durationMs), isNumber: true },
    { text: error === null ? "" : oneLine(error.message) },
  ]);
  const titles = ["attempt", "ended", "started (UTC)", "duration", "error"];
  return renderTable({ titles, rows }, { style, width }).text;
}
