import { AssayError } from "../errors/assay-error.ts";
import { toDisplay } from "../values/display.ts";
import { readOneOf, type OptionReader } from "./option-readers.ts";
import { toCsvLine } from "./csv.ts";
import type { Terminal } from "./terminal.ts";

export const rowFormats = ["table", "json", "jsonl", "csv"] as const;

export type RowFormat = (typeof rowFormats)[number];

export const readFormat: OptionReader<RowFormat> = readOneOf(rowFormats);

/** A table shows so many rows and says how many more there are; other formats show all. */
export const tableRows = 50;

/** What stands in the place of a table without rows because none were asked for. */
export const noneAskedFor = "None are shown: --limit is 0";

/** The format that was asked for: `--json` is `--format json`. `USAGE` when both ask for different ones. */
export function chosenFormat(format: RowFormat | undefined, json: boolean | undefined): RowFormat {
  if (json !== true) return format ?? "table";
  if (format === undefined || format === "json") return "json";
  throw new AssayError("USAGE", `--json and --format ${format} exclude each other`);
}

/** Writes rows one after another as one JSON array, a row a line. */
export async function writeJsonArray(
  terminal: Terminal,
  rows: AsyncIterable<unknown>,
): Promise<void> {
  let isFirst = true;
  for await (const row of rows) {
    await terminal.write(`${isFirst ? "[\n" : ",\n"}${JSON.stringify(toDisplay(row))}`);
    isFirst = false;
  }
  await terminal.write(isFirst ? "[]\n" : "\n]\n");
}

/** Writes rows as JSON, one object a line. */
export async function writeJsonLines(
  terminal: Terminal,
  rows: AsyncIterable<unknown>,
): Promise<void> {
  for await (const row of rows) await terminal.write(`${JSON.stringify(toDisplay(row))}\n`);
}

export interface CsvColumn<Row> {
  readonly name: string;
  readonly valueOf: (row: Row) => unknown;
}

export async function writeCsv<Row>(
  terminal: Terminal,
  columns: readonly CsvColumn<Row>[],
  rows: AsyncIterable<Row>,
): Promise<void> {
  await terminal.write(toCsvLine(columns.map(({ name }) => name)));
  for await (const row of rows) {
    await terminal.write(toCsvLine(columns.map(({ valueOf }) => valueOf(row))));
  }
}
