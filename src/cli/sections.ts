import { formatValue } from "./format-value.ts";
import type { Style } from "./style.ts";

/** Lines `name  value`, values aligned; what has no value is left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | undefined])[],
  style: Style,
  indent = "",
): string {
  const present = fields.filter((field): field is readonly [string, string] => Boolean(field[1]));
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present
    .map(([name, value]) => `${indent}${style("dim", name.padEnd(width))}  ${value}\n`)
    .join("");
}

/** Values by name in a line: `hidden 16, learningRate 0.01`. */
export function valuesLine(values: readonly (readonly [name: string, value: unknown])[]): string {
  return values.map(([name, value]) => `${name} ${formatValue(value) || "null"}`).join(", ");
}
