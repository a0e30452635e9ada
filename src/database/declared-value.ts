import { AssayError } from "../errors/assay-error.ts";
import { LongText } from "../values/long-text.ts";
import { isPlainString } from "../values/plain.ts";
import type { FieldType } from "./contract.ts";
import { isId } from "./id-field.ts";

/**
 * A value as a declared field of this type holds it, an id as its 16 bytes; undefined when it cannot: NaN has no
 * place in an order, and not every backend holds a NUL or a lone surrogate in a text.
 */
export function toDeclared(
  type: FieldType,
  value: unknown,
): number | string | Uint8Array | undefined {
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
      if (value instanceof LongText) return value.toString();
      return typeof value === "string" ? value : undefined;
  }
}

/** The error of a value that a declared field of a collection cannot hold; `place` names the collection. */
export function cannotHold(
  place: string,
  field: string,
  type: FieldType | undefined,
  value: unknown,
): AssayError {
  const wanted = type === "id" ? "32 lower-case hexadecimal digits" : String(type);
  return new AssayError(
    "INVALID_VALUE",
    `The field "${field}" of ${place} holds ${wanted}, not ${describe(type, value)}`,
    { details: { field, type } },
  );
}

function describe(type: FieldType | undefined, value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return typeof value;
  return type === "text" ? "a text with a NUL or half a character" : JSON.stringify(value);
}

/** Whether a value that no such column can hold has a place in the order of those that it can hold. */
export function isComparable(type: FieldType, value: unknown): boolean {
  return type === "text" || type === "id" ? typeof value === "string" : typeof value === "bigint";
}
