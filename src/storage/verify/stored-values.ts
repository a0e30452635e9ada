import type { Document } from "../../database/contract.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import { decodeValue } from "../../values/decode.ts";

/** What `readStored` returns for a text that the codec did not write. */
export const unreadable: unique symbol = Symbol("unreadable");

/** The value of an encoded field: undefined when it is absent, `unreadable` when it is damaged. */
export function readStored(document: Document, field: string): unknown {
  const text = document[field];
  if (text === undefined) return undefined;
  return typeof text === "string" ? readText(text) : unreadable;
}

/** The value of a text of the codec, or `unreadable`. */
export function readText(text: string): unknown {
  return unlessCorrupt(() => decodeValue(text));
}

/** What is read, or `unreadable` when it is `CORRUPT`. */
export function unlessCorrupt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (isAssayError(error) && error.code === "CORRUPT") return unreadable;
    throw error;
  }
}

/** Whether a field holds a whole number of at least `low`. */
export function isWhole(value: unknown, low: number = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= low;
}

/** Whether a field holds a time as storage writes it. */
export function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** A stored value in a message, cut where it is long. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
