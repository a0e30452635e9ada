import { AssayError } from "../../errors/assay-error.ts";
import type { FieldType } from "../contract.ts";

/** The error of a value that a declared field cannot hold. */
export function cannotHold(
  table: string,
  field: string,
  type: FieldType | undefined,
  value: unknown,
): AssayError {
  const wanted = type === "id" ? "32 lower-case hexadecimal digits" : String(type);
  return new AssayError(
    "INVALID_VALUE",
    `The field "${field}" of ${table} holds ${wanted}, not ${describe(type, value)}`,
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
