import type { SelectedTrials } from "../storage/selection/select-trials.ts";
import { collectFoundNames, viewColumns, type TrialColumn } from "../analysis/trial-columns.ts";
import { experimentLabel } from "../analysis/trial-label.ts";
import type { Experiment } from "../model/experiment.ts";
import type { Trial } from "../model/trial.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import type { Storage } from "../storage/storage.ts";
import { formatDuration } from "../util/duration.ts";
import { formatValue, oneLine } from "./format-value.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { nextCommand } from "./next-command.ts";
import { noneAskedFor, tableRows } from "./print-rows.ts";
import { styleOfStatus } from "./status-style.ts";
import { renderTable, type Cell } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface TrialTable {
  readonly terminal: Terminal;
  readonly globals: GlobalFlags;
  readonly storage: Storage;
  readonly experiment: Experiment;
  readonly selected: SelectedTrials;
  /** Nothing was left out by what was asked for. */
  readonly isAll: boolean;
  /** How many were asked for at most. */
  readonly limit: number | undefined;
}

/** Shows the first trials, and says how many more there are. */
export async function printTrialTable(table: TrialTable): Promise<void> {
  const { terminal, globals, storage, experiment, selected, isAll } = table;
  const { width, style } = terminal;
  const trials: Trial[] = [];
  for await (const trial of selected.trials()) {
    trials.push(trial);
    if (trials.length === tableRows) break;
  }
  const open = isAll ? await countUnregistered(storage, experiment) : 0;
  if (trials.length === 0) {
    const why = table.limit === 0 ? noneAskedFor : "No trial matches";
    terminal.note(isAll ? `No trial was run yet${waiting(open)}` : why);
    return;
  }
  const found = await collectFoundNames(trials);
  const columns = viewColumns(spaceFromDefinition(experiment.space), found, trials);
  const titles = columns.map(({ name }) => titleOf(name, columns));
  const rows = trials.map((trial) => columns.map((column) => toCell(column, trial)));
  const kept = keptColumns(columns, experiment);
  const { text, hidden } = renderTable({ titles, rows, kept }, { width, style });
  await terminal.write(text);

  const more = (trials.length < tableRows ? 0 : await selected.count()) - trials.length;
  const notes = [
    ...(more > 0
      ? [`${String(more)} more: --limit and --where choose, --format csv or jsonl shows all`]
      : []),
    ...(open > 0 ? [`${String(open)} more of the space wait for a run`] : []),
    ...(hidden.length > 0 ? [`not shown for lack of room: ${hidden.join(", ")}`] : []),
  ];
  if (notes.length > 0) {
    await terminal.write(notes.map((note) => `${style("dim", `… ${note}`)}\n`).join(""));
  }
  const [first] = trials;
  if (first !== undefined && isAll) {
    terminal.note(
      `\nOne of them: ${nextCommand(globals, "trial", `${experimentLabel(experiment)}#${String(first.number)}`)}`,
    );
  }
}

function waiting(open: number): string {
  return open === 0 ? "" : `; ${String(open)} wait for a run`;
}

/** Trials of the space that no run has come to: they are not stored yet. */
async function countUnregistered(storage: Storage, experiment: Experiment): Promise<number> {
  const { new: open } = await storage.countByStatus(experiment);
  return open - (await storage.countTrials(experiment, "new"));
}

/** The columns that matter most: which trial, how it ended, what is wanted of it, what went wrong. */
function keptColumns(
  columns: readonly TrialColumn[],
  { objectives }: Experiment,
): ReadonlySet<number> {
  const wanted = new Set([
    "number",
    "status",
    "error",
    ...objectives.map(({ name }) => `results.${name}`),
  ]);
  return new Set(columns.flatMap(({ name }, i) => (wanted.has(name) ? [i] : [])));
}

/** The name without where it is from, unless two columns would have the same. */
function titleOf(name: string, columns: readonly TrialColumn[]): string {
  if (name === "durationMs") return "duration";
  const bare = (full: string): string => full.replace(/^(params|results|metrics)\./, "");
  const isShared = columns.some((other) => other.name !== name && bare(other.name) === bare(name));
  return isShared ? name : bare(name);
}

function toCell(column: TrialColumn, trial: Trial): Cell {
  const value = column.valueOf(trial);
  if (column.name === "status") {
    const style = styleOfStatus(trial.status);
    return style === undefined ? { text: trial.status } : { text: trial.status, style };
  }
  if (column.name === "durationMs" && typeof value === "number") {
    return { text: formatDuration(value), isNumber: true };
  }
  if (column.name === "error") return { text: oneLine(trial.error?.message ?? ""), style: "bad" };
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return { text: formatValue(value), isNumber };
}
