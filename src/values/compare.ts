import { types } from "node:util";
import { canonicalText } from "./canonical.ts";

/** True when two values are the same: have the same canonical text. NaN equals NaN; 1 is not 1n. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return canonicalText(a) === canonicalText(b);
}

/**
 * The order of two values of one class, negative, 0 or positive: numbers and big integers among
 * each other, strings by the bytes of their UTF-8, dates by time.
 * Undefined where there is none: other classes, two different classes, NaN, an invalid date.
 */
export function compareValues(a: unknown, b: unknown): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (types.isDate(a) && types.isDate(b)) return compareNumbers(a.getTime(), b.getTime());
  return undefined;
}

/**
 * A total order over everything that can be stored, for sorting: undefined, null, booleans
 * (false first), numbers and big integers (NaN last), strings, dates (invalid ones last),
 * then everything else by its canonical text.
 */
export function compareForSort(a: unknown, b: unknown): number {
  const rank = rankOf(a);
  const difference = rank - rankOf(b);
  if (difference !== 0) return difference;
  if (typeof a === "boolean") return Number(a) - Number(b);
  if (rank < ranks.number || Object.is(a, b)) return 0;
  if (rank === ranks.other) return compareStrings(canonicalText(a), canonicalText(b));
  return compareValues(a, b) ?? Number(isNowhere(a)) - Number(isNowhere(b));
}

const ranks = { undefined: 0, null: 1, boolean: 2, number: 3, string: 4, date: 5, other: 6 };

function rankOf(value: unknown): number {
  if (value === undefined) return ranks.undefined;
  if (value === null) return ranks.null;
  if (typeof value === "boolean") return ranks.boolean;
  if (isNumeric(value)) return ranks.number;
  if (typeof value === "string") return ranks.string;
  return types.isDate(value) ? ranks.date : ranks.other;
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** True for NaN and invalid dates, which have no place among their kind. */
function isNowhere(value: unknown): boolean {
  return Number.isNaN(types.isDate(value) ? value.getTime() : value);
}

function compareNumbers(a: number | bigint, b: number | bigint): number | undefined {
  if (a < b) return -1;
  if (a > b) return 1;
  return a >= b ? 0 : undefined; // NaN is neither
}

/** Order by code points, which is that of the UTF-8 bytes; JavaScript's own is by UTF-16 units. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return codePointOrder(unitA) - codePointOrder(unitB);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for code points past U+FFFF, above the units U+E000 to U+FFFF. */
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit;
}
