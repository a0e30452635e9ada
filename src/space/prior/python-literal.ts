import { isPlainObject } from "../../values/plain.ts";
import { showValue } from "../show-value.ts";

/** A value as Python writes it, which is how Oríon's prior strings have it: `['a', 1e-05, True]`. */
export function pythonLiteral(value: unknown): string {
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "string") return pythonString(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (isPlainObject(value)) return pythonDict(Object.entries(value));
  return showValue(value);
}

/** A dict of values that are literals already. */
export function pythonDictOf(entries: readonly (readonly [unknown, string])[]): string {
  return `{${entries.map(([key, literal]) => `${pythonLiteral(key)}: ${literal}`).join(", ")}}`;
}

function pythonDict(entries: readonly (readonly [string, unknown])[]): string {
  return pythonDictOf(entries.map(([key, value]) => [key, pythonLiteral(value)]));
}

/** Python's `repr`: an exponent below 1e-4 and from 1e16 on, of at least two digits. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return String(value);
  const [digits = "", power = ""] = value.toExponential().split("e");
  return `${digits}e${power.charAt(0)}${power.slice(1).padStart(2, "0")}`;
}

/** Single quotes, unless that would need more escapes than double quotes. */
function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}
