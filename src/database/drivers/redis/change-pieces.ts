import { encodeValue } from "../../../values/encode.ts";
import { ServerTime, type Change, type FieldType } from "../../contract.ts";
import { toChangeMessage } from "./change-message.ts";
import { writeBytes, writeNumber, type Piece } from "./holes.ts";
import type { Layout } from "./layout.ts";
import { toBytes } from "./stored-document.ts";

/**
 * The change of a template as the script is told of it, with holes for its values: indexes, unset, set, increments.
 * Undefined for one that takes more than the script can do.
 */
export function changePieces(change: Change, layout: Layout): Piece[] | undefined {
  const message = toChangeMessage(layout, change);
  if (message === undefined) return undefined;
  const set: Piece[] = [];
  for (const field in change.set) {
    const value = change.set[field];
    if (value === null) return undefined;
    if (value === undefined) continue;
    set.push(layout.slotOf(field), valuePiece(field, value, layout.fields.get(field)?.type));
  }
  const increments = message.increment.map((piece, i): Piece => {
    const field = i % 3 === 2 ? Object.keys(change.increment ?? {})[(i - 2) / 3] : undefined;
    if (field === undefined) return piece;
    return (writer, { operation }) => writeNumber(writer, operation.change.increment?.[field] ?? 0);
  });
  return [message.indexes, message.unset, set, increments];
}

/** A value that is set. */
function valuePiece(field: string, value: unknown, type: FieldType | undefined): Piece {
  if (
    value instanceof ServerTime &&
    (type === undefined || type === "integer" || type === "real")
  ) {
    return [
      (writer, { operation }) => {
        const now = operation.change.set?.[field];
        return now instanceof ServerTime && writeNumber(writer, now.offsetMs);
      },
    ];
  }
  return (writer, { operation }) => {
    const now = operation.change.set?.[field];
    if (type !== undefined) return writeBytes(writer, toBytes(type, now));
    writer.string(encodeValue(now, field));
    return true;
  };
}
