import { toDisplay } from "../values/display.ts";
import { namesOf, type PlacedLeaf } from "./nodes/leaves.ts";
import { rejectedValue, unknownParameter } from "./rejections.ts";

/**
 * The value that a text written by a person means for a parameter: a number, boolean, null or
 * other JSON, a plain text, or the listed value that is displayed so. Where branches of a variant
 * share the name, one of them must accept it. `INVALID_VALUE` when none does.
 */
export function parseText(leaves: readonly PlacedLeaf[], name: string, text: string): unknown {
  const named = leaves.filter((placed) => placed.name === name).map(({ leaf }) => leaf);
  if (named.length === 0) throw unknownParameter(name, namesOf(leaves));
  const parsed = parseLiteral(text);
  for (const candidate of [parsed, text]) {
    if (candidate !== undefined && named.some((leaf) => leaf.admits(candidate))) return candidate;
  }
  const listed = named.flatMap((leaf) => leaf.listed).find((value) => displayText(value) === text);
  if (listed !== undefined) return listed;
  throw rejectedValue(name, parsed ?? text, named);
}

// A text such as "007" or "12e4567" is more likely a name than a number.
const numberPattern = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

function parseLiteral(text: string): unknown {
  const trimmed = text.trim();
  if (numberPattern.test(trimmed)) {
    const number = Number(trimmed) + 0;
    return Number.isFinite(number) ? number : undefined;
  }
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
