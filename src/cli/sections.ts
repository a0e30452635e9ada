import { formatValue, oneLine, textWidth } from "./format-value.ts";
import type { Style } from "./style.ts";

interface FieldLayout {
  readonly indent?: string | undefined;
  /** Columns of the terminal. */
  readonly width?: number | undefined;
}

/** Lines `name  value`, values aligned and cut at `width`; what has no value is left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | undefined])[],
  style: Style,
  { indent = "", width = Infinity }: FieldLayout = {},
): string {
  const present = fields.filter((field): field is readonly [string, string] => Boolean(field[1]));
  const names = Math.max(0, ...present.map(([name]) => name.length));
  const room = width - indent.length - names - 2;
  return present
    .map(([name, value]) => {
      const shown = textWidth(value) > room ? oneLine(value, room) : value;
      return `${indent}${style("dim", name.padEnd(names))}  ${shown}\n`;
    })
    .join("");
}

/** Values by name in a line: `hidden 16, learningRate 0.01`. */
export function valuesLine(values: readonly (readonly [name: string, value: unknown])[]): string {
  return values.map(([name, value]) => `${name} ${formatValue(value) || "null"}`).join(", ");
}
