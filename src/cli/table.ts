import { oneLine, textWidth } from "./format-value.ts";
import type { Style, StyleName } from "./style.ts";

/** A cell: its text, and how it is shown. */
export interface Cell {
  readonly text: string;
  /** Numbers are never cut. A column of nothing else is aligned to the right. */
  readonly isNumber?: boolean;
  readonly style?: StyleName;
}

export interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The columns that go last where there is no room for all, by index. Of the others the last one goes first. */
  readonly kept?: ReadonlySet<number>;
}

export interface RenderedTable {
  readonly text: string;
  /** The titles of the columns for which the terminal is too narrow. */
  readonly hidden: readonly string[];
}

interface Column {
  readonly title: string;
  readonly cells: readonly Cell[];
  readonly isNumber: boolean;
  /** What it needs to be whole, and the least that makes sense. */
  readonly wide: number;
  readonly least: number;
}

const gap = "  ";
/** A text is not cut below this many characters; rather a column is left out. */
const narrowest = 12;

/** Aligned columns under their titles, not wider than `width` if there is one. */
export function renderTable(
  { titles, rows, kept = new Set() }: Table,
  { width = Infinity, style }: { readonly width?: number | undefined; readonly style: Style },
): RenderedTable {
  const columns = titles.map((title, i) =>
    toColumn(
      title,
      rows.map((row) => row[i] ?? { text: "" }),
    ),
  );
  const shown = columnsThatFit(columns, kept, width);
  const widths = shrink(shown, width);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, i) => toText(cell, widths[i] ?? 0, shown[i]?.isNumber === true, style))
      .join(gap)
      .trimEnd();
  const head = line(shown.map(({ title }) => ({ text: title, style: "dim" })));
  const body = rows.map((_, row) => line(shown.map(({ cells }) => cells[row] ?? { text: "" })));
  return {
    text: [head, ...body].map((text) => `${text}\n`).join(""),
    hidden: columns.filter((column) => !shown.includes(column)).map(({ title }) => title),
  };
}

function toColumn(title: string, cells: readonly Cell[]): Column {
  const filled = cells.filter(({ text }) => text !== "");
  const isNumber = filled.length > 0 && filled.every((cell) => cell.isNumber === true);
  const wide = Math.max(textWidth(title), ...cells.map(({ text }) => textWidth(text)));
  const least = isNumber ? wide : Math.min(wide, Math.max(narrowest, textWidth(title)));
  return { title, cells, isNumber, wide, least };
}

function columnsThatFit(
  columns: readonly Column[],
  kept: ReadonlySet<number>,
  width: number,
): readonly Column[] {
  const shown = new Set(columns.keys());
  const used = (): number =>
    [...shown].reduce((sum, i) => sum + gap.length + (columns[i]?.least ?? 0), -gap.length);
  while (shown.size > 1 && used() > width) {
    const last = [...shown].findLast((i) => !kept.has(i)) ?? [...shown].at(-1) ?? 0;
    shown.delete(last);
  }
  return columns.filter((_, i) => shown.has(i));
}

/** Takes from the widest columns first, so that narrow ones stay whole. */
function shrink(columns: readonly Column[], width: number): readonly number[] {
  const widths = columns.map(({ wide }) => wide);
  let excess = widths.reduce((sum, wide) => sum + gap.length + wide, -gap.length) - width;
  while (excess > 0) {
    const cuttable = columns.map(({ least }, i) => {
      const wide = widths[i] ?? 0;
      return wide > least ? wide : 0;
    });
    const widest = cuttable.indexOf(Math.max(...cuttable));
    if ((cuttable[widest] ?? 0) === 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function toText(cell: Cell, width: number, isNumber: boolean, style: Style): string {
  const cut = oneLine(cell.text, Math.max(1, width));
  const space = " ".repeat(Math.max(0, width - textWidth(cut)));
  const styled = cell.style === undefined ? cut : style(cell.style, cut);
  return isNumber ? space + styled : styled + space;
}
