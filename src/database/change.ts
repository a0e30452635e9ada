import { AssayError } from "../errors/assay-error.ts";
import { ServerTime, type Change, type Document } from "./contract.ts";
import { setField } from "./set-field.ts";

/** A document after a change. `now` is the database's time in milliseconds. */
export function changedDocument(document: Document, change: Change, now: number): Document {
  const result: Record<string, unknown> = { ...document };
  for (const field of change.unset ?? []) Reflect.deleteProperty(result, field);
  for (const [field, value] of Object.entries(change.set ?? {})) {
    if (value === undefined) continue;
    setField(result, field, value instanceof ServerTime ? now + value.offsetMs : value);
  }
  for (const [field, amount] of Object.entries(change.increment ?? {})) {
    setField(result, field, numberIn(field, own(result, field)) + amount);
  }
  for (const [field, item] of Object.entries(change.append ?? {})) {
    setField(result, field, [...arrayIn(field, own(result, field)), item]);
  }
  return result;
}

function own(document: Document, field: string): unknown {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}

function numberIn(field: string, value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number") return value;
  throw new AssayError("INVALID_QUERY", `Cannot increment "${field}": it does not hold a number`);
}

function arrayIn(field: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new AssayError("INVALID_QUERY", `Cannot append to "${field}": it does not hold an array`);
}
