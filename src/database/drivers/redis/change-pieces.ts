import { encodeValue } from "../../../values/encode.ts";
import { ServerTime, type Change, type FieldType } from "../../contract.ts";
import { toChangeMessage } from "./change-message.ts";
import { writeBytes, writeNumber, type Hole, type HoleMark } from "./holes.ts";
import type { IndexLayout, Layout } from "./layout.ts";
import { toBytes } from "./stored-document.ts";

/** The change of a template as the script is told of it, and the holes in it, in order. */
export interface ChangePieces {
  readonly indexes: readonly IndexLayout[];
  readonly unset: readonly string[];
  /** Slot, hole, slot, hole, … */
  readonly set: readonly (string | HoleMark)[];
  /** Slot, kind, hole, … */
  readonly increment: readonly (string | HoleMark)[];
  readonly holes: readonly Hole[];
}

/** Undefined for a change that takes more than the script can do. */
export function changePieces(change: Change, layout: Layout): ChangePieces | undefined {
  const message = toChangeMessage(layout, change);
  if (message === undefined) return undefined;
  const holes: Hole[] = [];
  const set: (string | HoleMark)[] = [];
  for (const field in change.set) {
    const value = change.set[field];
    if (value === null) return undefined;
    if (value === undefined) continue;
    const type = layout.fields.get(field)?.type;
    const isTime = value instanceof ServerTime && isNumeric(type);
    set.push(layout.slotOf(field), isTime);
    holes.push(isTime ? offsetHole(field) : valueHole(field, type));
  }
  for (const field in change.increment) {
    holes.push((writer, { operation }) =>
      writeNumber(writer, operation.change.increment?.[field] ?? 0),
    );
  }
  const increment = message.increment.map((one) => (typeof one === "number" ? false : one));
  return { indexes: message.indexes, unset: message.unset, set, increment, holes };
}

function isNumeric(type: FieldType | undefined): boolean {
  return type === undefined || type === "integer" || type === "real";
}

function offsetHole(field: string): Hole {
  return (writer, { operation }) => {
    const value = operation.change.set?.[field];
    return value instanceof ServerTime && writeNumber(writer, value.offsetMs);
  };
}

function valueHole(field: string, type: FieldType | undefined): Hole {
  return (writer, { operation }) => {
    const value = operation.change.set?.[field];
    if (type !== undefined) return writeBytes(writer, toBytes(type, value));
    writer.string(encodeValue(value, field));
    return true;
  };
}
