import { types } from "node:util";
import { toDisplay } from "../values/display.ts";

/** A line of CSV as RFC 4180 quotes it, ended by a line feed as the tools of a shell want it. */
export function toCsvLine(values: readonly unknown[]): string {
  return `${values.map(toCsvField).join(",")}\n`;
}

/** Absent values are empty, an empty text is `""`; what is no single value is JSON. */
function toCsvField(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value === "") return '""';
  const display = toDisplay(value);
  const isText = typeof display === "string" && (typeof value !== "object" || types.isDate(value));
  const text = isText ? display : JSON.stringify(display);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
