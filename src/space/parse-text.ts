import { toDisplay } from "../values/display.ts";
import { type Leaf } from "./dimensions/leaf.ts";
import { rejectedValue } from "./rejections.ts";

/**
 * The value that a text written by a person means for a parameter: a number, boolean, null or
 * other JSON, a plain text, or the listed value that is displayed so. `leaves` are the dimensions
 * of that name, more than one where branches of a variant share it. `INVALID_VALUE` when none fits.
 */
export function parseText(name: string, text: string, leaves: readonly Leaf[]): unknown {
  const parsed = parseLiteral(text);
  for (const candidate of [parsed, text]) {
    if (candidate !== undefined && leaves.some((leaf) => leaf.admits(candidate))) return candidate;
  }
  const listed = leaves.flatMap((leaf) => leaf.listed).find((value) => displayText(value) === text);
  if (listed !== undefined) return listed;
  throw rejectedValue(name, parsed ?? text, leaves);
}

function parseLiteral(text: string): unknown {
  const trimmed = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed) + 0;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

function displayText(value: unknown): string {
  const display = toDisplay(value);
  return typeof display === "string" ? display : JSON.stringify(display);
}
