import { selectMetrics, type MetricChoice } from "../../analysis/select-metrics.ts";
import type { MetricPoint } from "../../model/trial.ts";
import { formatTime, formatValue } from "../format-value.ts";
import { readText, readWhole } from "../option-readers.ts";
import {
  chosenFormat,
  noneAskedFor,
  readFormat,
  tableRows,
  writeCsv,
  writeJsonArray,
  writeJsonLines,
  type RowFormat,
} from "../print-rows.ts";
import { withStorage } from "../storage-option.ts";
import { renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { Verb } from "../verb.ts";

interface MetricsFlags {
  readonly name?: string;
  readonly trial?: string;
  readonly allAttempts?: boolean;
  readonly limit?: number;
  readonly format?: RowFormat;
}

const columns = (["trial", "number", "attempt", "name", "step", "time", "value"] as const).map(
  (name) => ({ name, valueOf: (point: MetricPoint) => point[name] }),
);

export const verb: Verb<MetricsFlags> = {
  options: {
    name: { flag: "--name NAME", says: "only this metric", read: readText },
    trial: { flag: "--trial TRIAL", says: "only this trial, by number or id", read: readText },
    allAttempts: {
      flag: "--all-attempts",
      says: "also what attempts reported that later ones did not continue",
    },
    limit: { flag: "--limit N", says: "at most so many points", read: readWhole(0) },
    format: {
      flag: "--format FORMAT",
      says: "table (default; 50 rows), json, jsonl or csv",
      read: readFormat,
    },
  },
  examples: [
    ["assay metrics penguins --trial 3 --name loss", "one series"],
    ["assay metrics penguins --format csv > metrics.csv", "all of them, for other programs"],
  ],
  async run({ args: [experiment = ""], flags, globals, terminal }) {
    const format = chosenFormat(flags.format, globals.json);
    await withStorage(globals, async (storage) => {
      const points = await selectMetrics(storage, experiment, toChoice(flags));
      if (format === "json") await writeJsonArray(terminal, points);
      else if (format === "jsonl") await writeJsonLines(terminal, points);
      else if (format === "csv") await writeCsv(terminal, columns, points);
      else await printTable(terminal, points, flags.limit);
    });
    return undefined;
  },
};

function toChoice({ name, trial, allAttempts, limit }: MetricsFlags): MetricChoice {
  return {
    ...(name === undefined ? {} : { name }),
    ...(trial === undefined ? {} : { trial }),
    ...(limit === undefined ? {} : { limit }),
    allAttempts: allAttempts === true,
  };
}

async function printTable(
  terminal: Terminal,
  points: AsyncIterable<MetricPoint>,
  limit: number | undefined,
): Promise<void> {
  const { width, style } = terminal;
  const shown: MetricPoint[] = [];
  let more = 0;
  for await (const point of points) {
    if (shown.length < tableRows) shown.push(point);
    else more += 1;
  }
  if (shown.length === 0) {
    terminal.note(limit === 0 ? noneAskedFor : "No metrics were reported");
    return;
  }
  const rows = shown.map(({ number, attempt, name, step, time, value }) => [
    { text: String(number), isNumber: true },
    { text: String(attempt), isNumber: true },
    { text: name },
    { text: step === null ? "" : String(step), isNumber: true },
    { text: formatTime(time) },
    { text: formatValue(value), isNumber: true },
  ]);
  const titles = ["trial", "attempt", "name", "step", "time (UTC)", "value"];
  await terminal.write(renderTable({ titles, rows }, { width, style }).text);
  if (more > 0) {
    const note = `… ${String(more)} more: --trial and --name choose, --format csv or jsonl shows all`;
    await terminal.write(`${style("dim", note)}\n`);
  }
}
