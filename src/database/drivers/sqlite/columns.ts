import { isPlainString } from "../../../values/plain.ts";
import type { FieldType } from "../../contract.ts";
import { isId } from "../../id-field.ts";

/** A value that SQLite can be given. */
export type Bound = number | string | Uint8Array | null;

/** The column of a declared field. An id is 16 bytes: half of its text, and of every index that it is in. */
export const columnType: Readonly<Record<FieldType, string>> = {
  integer: "INTEGER",
  real: "REAL",
  text: "TEXT",
  id: "BLOB",
  bytes: "BLOB",
  encoded: "TEXT",
};

/**
 * A value as a column of this type holds it; undefined when it cannot: NaN has no place in an order, and not
 * every backend holds a NUL or a lone surrogate in a text.
 */
export function toColumn(type: FieldType, value: unknown): Bound | undefined {
  switch (type) {
    case "integer":
    case "real":
      return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
    case "text":
      return typeof value === "string" && isPlainString(value) ? value : undefined;
    case "id":
      return isId(value) ? Buffer.from(value, "hex") : undefined;
    case "bytes":
      return value instanceof Uint8Array ? value : undefined;
    case "encoded":
      return typeof value === "string" ? value : undefined;
  }
}
