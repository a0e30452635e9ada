import { AssayError } from "../../../errors/assay-error.ts";
import { encodeValue } from "../../../values/encode.ts";
import { ServerTime, type Change, type FieldType } from "../../contract.ts";
import type { IndexLayout, Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import { demandBytes } from "./stored-document.ts";

/** A change as the script makes it. */
export interface ChangeMessage {
  /** The indexes whose entries may change. */
  readonly indexes: readonly IndexLayout[];
  readonly unset: readonly string[];
  /** Slot, value, slot, value, …; a list with an offset is the server's time. */
  readonly set: readonly Packable[];
  /** Slot, kind, amount, … */
  readonly increment: readonly (string | number)[];
}

/**
 * A change for the script; undefined when it takes more than the script can do. Throws `INVALID_VALUE` for what
 * cannot be stored.
 */
export function toChangeMessage(layout: Layout, change: Change): ChangeMessage | undefined {
  const unset: string[] = [];
  const set: Packable[] = [];
  const increment: (string | number)[] = [];
  const fields: string[] = [];
  /** Takes note of a field that changes. */
  const touch = (field: string): FieldType | undefined => {
    fields.push(field);
    return layout.fields.get(field)?.type;
  };
  for (const field of change.unset ?? []) {
    touch(field);
    unset.push(layout.slotOf(field));
  }
  for (const field in change.set) {
    const value = change.set[field];
    if (value === undefined) continue;
    const type = touch(field);
    const slot = layout.slotOf(field);
    const isNumber = type === undefined || type === "integer" || type === "real";
    if (value instanceof ServerTime && isNumber) set.push(slot, [value.offsetMs]);
    else if (type === undefined) set.push(slot, encodeValue(value, field));
    else if (value === null) unset.push(slot);
    else set.push(slot, demandBytes(layout, field, type, value));
  }
  for (const field in change.increment) {
    const type = touch(field);
    if (type !== undefined && type !== "integer" && type !== "real") return undefined;
    const amount = change.increment[field] ?? 0;
    increment.push(layout.slotOf(field), type === undefined ? "json" : "number", amount);
  }
  if (Object.keys(change.append ?? {}).length > 0) return undefined;
  const isHashed = (path: string): boolean =>
    fields.some((field) => path === field || path.startsWith(`${field}.`));
  if (layout.hashed.some(isHashed)) return undefined;
  return { indexes: layout.affectedIndexes(fields), unset, set, increment };
}

/** The error of an increment of what is no number, from the slot that the script names. */
export function cannotIncrement(layout: Layout, slot: string, change: Change): AssayError {
  const fields = Object.keys(change.increment ?? {});
  const field = fields.find((one) => layout.slotOf(one) === slot) ?? slot;
  return new AssayError("INVALID_QUERY", `Cannot increment "${field}": it does not hold a number`);
}
