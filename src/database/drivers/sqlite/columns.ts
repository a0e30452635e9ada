import type { FieldType } from "../../contract.ts";

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
