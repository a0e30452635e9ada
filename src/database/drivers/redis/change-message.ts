import { AssayError } from "../../../errors/assay-error.ts";
import { encodeValue } from "../../../values/encode.ts";
import { ServerTime, type Change } from "../../contract.ts";
import type { Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import { demandBytes } from "./stored-document.ts";

/** A change as the script makes it. */
export interface ChangeMessage {
  readonly [key: string]: Packable;
  readonly unset: readonly string[];
  /** Slot, value, slot, value, …; a list with an offset is the server's time. */
  readonly set: readonly Packable[];
  /** Slot, kind, amount, … */
  readonly increment: readonly Packable[];
  /** For each index whether its entry may change. */
  readonly affected: readonly boolean[];
}

/**
 * A change for the script; undefined when it takes more than the script can do. Throws `INVALID_VALUE` for what
 * cannot be stored.
 */
export function toChangeMessage(layout: Layout, change: Change): ChangeMessage | undefined {
  const unset = (change.unset ?? []).map((field) => layout.slotOf(field));
  const set: Packable[] = [];
  const increment: Packable[] = [];
  const fields = new Set(change.unset);
  for (const [field, value] of Object.entries(change.set ?? {})) {
    if (value === undefined) continue;
    fields.add(field);
    const slot = layout.slotOf(field);
    const type = layout.fields.get(field)?.type;
    const isNumber = type === undefined || type === "integer" || type === "real";
    if (value instanceof ServerTime && isNumber) set.push(slot, [value.offsetMs]);
    else if (type === undefined) set.push(slot, encodeValue(value, field));
    else if (value === null) unset.push(slot);
    else set.push(slot, demandBytes(layout, field, type, value));
  }
  for (const [field, amount] of Object.entries(change.increment ?? {})) {
    fields.add(field);
    const type = layout.fields.get(field)?.type;
    if (type !== undefined && type !== "integer" && type !== "real") return undefined;
    increment.push(layout.slotOf(field), type === undefined ? "json" : "number", amount);
  }
  if (Object.keys(change.append ?? {}).length > 0) return undefined;
  const isHashed = (path: string): boolean =>
    [...fields].some((field) => path === field || path.startsWith(`${field}.`));
  if (layout.hashed.some(isHashed)) return undefined;
  const slots = new Set([...fields].map((field) => layout.slotOf(field)));
  const affected = layout.indexes.map(
    ({ components, sparse }) =>
      components.some(({ slot }) => slots.has(slot)) || (sparse !== undefined && slots.has(sparse)),
  );
  return { unset, set, increment, affected };
}

/** The error of an increment of what is no number, from the slot that the script names. */
export function cannotIncrement(layout: Layout, slot: string, change: Change): AssayError {
  const fields = Object.keys(change.increment ?? {});
  const field = fields.find((one) => layout.slotOf(one) === slot) ?? slot;
  return new AssayError("INVALID_QUERY", `Cannot increment "${field}": it does not hold a number`);
}
