import { types } from "node:util";
import { showValue } from "../space/show-value.ts";
import { formatNumber } from "../util/number-format.ts";

/** A value in a line for people: numbers to six digits, texts as they are, absent ones as nothing. */
export function formatValue(value: unknown, limit = 60): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return oneLine(value, limit);
  if (types.isDate(value)) return formatDate(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  return oneLine(showValue(value, limit), limit);
}

function formatDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? "invalid date" : formatTime(date.toISOString());
}

/** A time, ISO 8601 in UTC, to the second: `2026-01-31 14:05:09`. */
export function formatTime(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A text without line breaks and without anything that a terminal would obey, cut to `limit` characters. */
export function oneLine(text: string, limit: number = Infinity): string {
  const printable = text.replace(unprintable, " ");
  if (printable.length <= limit) return printable;
  const characters = Array.from(printable);
  return characters.length <= limit ? printable : `${characters.slice(0, limit - 1).join("")}…`;
}

/** How many characters a text has; a surrogate pair is one. */
export function textWidth(text: string): number {
  return Array.from(text).length;
}

/** A share from 0 to 1 as a percentage, never 100 % before all is done; nothing when it is not known. */
export function formatPercent(share: number | null): string {
  return share === null ? "" : `${String(Math.floor(share * 100))}%`;
}

/** A size: `640 B`, `12.5 kB`, `3.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
