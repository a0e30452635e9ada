import { types } from "node:util";
import { isPlainObject } from "./plain.ts";
import { StoredContent } from "./stored-content.ts";

/**
 * What `--json` prints for a value, for people and for programs without Assay's codec:
 * NaN and infinities as the strings "NaN", "Infinity", "-Infinity", -0 as 0, big integers as
 * strings, dates as ISO 8601 (an invalid one as null), typed arrays, bytes and sets as arrays,
 * a Map as an object if its keys are strings and else as pairs, undefined as null (a property that
 * is undefined is left out). Classes do not come back from it; exports are lossless instead.
 */
export function toDisplay(value: unknown): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value + 0 : String(value);
    case "undefined":
      return null;
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : displayObject(value);
    default:
      return String(value);
  }
}

function displayObject(value: object): unknown {
  if (Array.isArray(value)) return Array.from(value, toDisplay);
  if (isPlainObject(value)) return displayEntries(Object.entries(value));
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (types.isMap(value)) return displayMap(value);
  if (types.isSet(value) || types.isTypedArray(value))
    return Array.from<unknown, unknown>(value, toDisplay);
  if (types.isArrayBuffer(value)) return Array.from(new Uint8Array(value));
  if (value instanceof StoredContent) return { sha256: value.sha256, bytes: value.bytes };
  return Object.prototype.toString.call(value);
}

function displayMap(map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map];
  const named = entries.filter((entry): entry is [string, unknown] => typeof entry[0] === "string");
  return named.length === entries.length ? displayEntries(named) : toDisplay(entries);
}

function displayEntries(entries: readonly [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(
    entries.filter(([, item]) => item !== undefined).map(([key, item]) => [key, toDisplay(item)]),
  );
}
