import { toDisplay } from "../values/display.ts";

/** A value as part of a line for people, cut when it is long: `5`, `"adam"`, `[1, 2, 3]`. */
export function showValue(value: unknown, limit = 60): string {
  const text = typeof value === "number" ? String(value) : write(toDisplay(value));
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/** Values with commas between them; past `limit` characters the rest is only counted. */
export function showValues(values: readonly unknown[], limit = 100): string {
  const shown: string[] = [];
  let length = 0;
  for (const value of values) {
    const text = showValue(value);
    length += text.length + 2;
    if (length > limit && shown.length > 0) break;
    shown.push(text);
  }
  const left = values.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")}, … ${left} more`;
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item)}`).join(", ")}}`;
}
