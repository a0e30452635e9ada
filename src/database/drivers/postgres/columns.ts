import { LongText } from "../../../values/long-text.ts";
import { isPlainString } from "../../../values/plain.ts";
import type { FieldType } from "../../contract.ts";
import { isId } from "../../id-field.ts";

/** A parameter as it is sent: a text, bytes, or nothing. */
export type Bound = string | Buffer | null;

/** The type of the column of a declared field, and of parameters that are compared with it. */
export const sqlType: Readonly<Record<FieldType, string>> = {
  integer: "bigint",
  real: "double precision",
  text: "text",
  // 16 bytes, ordered as its digits are.
  id: "uuid",
  bytes: "bytea",
  // Unlike jsonb it keeps the text: the order of keys, and numbers to the last digit.
  encoded: "json",
};

/** The column of a declared field. Texts are ordered by code point, whatever the database's own order is. */
export function columnType(type: FieldType): string {
  return type === "text" ? `text COLLATE "C"` : sqlType[type];
}

const beyondInteger = 2 ** 63;

/** Whether a number is one that `bigint` holds. */
export function isBigint(value: number): boolean {
  return Number.isInteger(value) && value >= -beyondInteger && value < beyondInteger;
}

/** A value as a parameter of this type; undefined when no column of the type can hold it. */
export function toBound(type: FieldType, value: unknown): string | Buffer | undefined {
  switch (type) {
    case "integer":
      return typeof value === "number" && isBigint(value) ? BigInt(value).toString() : undefined;
    case "real":
      return typeof value === "number" && !Number.isNaN(value) ? String(value) : undefined;
    case "text":
      return typeof value === "string" && isPlainString(value) ? value : undefined;
    case "id":
      return isId(value) ? value : undefined;
    case "bytes":
      return value instanceof Uint8Array ? toBuffer(value) : undefined;
    case "encoded":
      if (value instanceof LongText) return value.toString();
      return typeof value === "string" ? value : undefined;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a column of this type holds, from the text that the server sends of it. */
export function fromText(type: FieldType, text: string): unknown {
  switch (type) {
    case "integer":
    case "real":
      return Number(text);
    case "id":
      return text.replaceAll("-", "");
    case "bytes":
      return Buffer.from(text.slice("\\x".length), "hex");
    case "text":
    case "encoded":
      return text;
  }
}

/** Parameters of one type as one parameter that is an array of them. */
export function toArray(items: readonly Bound[]): string {
  return `{${items.map(arrayItem).join(",")}}`;
}

const bareItem = /^[0-9A-Za-z_.:+-]+$/;

function arrayItem(item: Bound): string {
  if (item === null) return "NULL";
  if (typeof item !== "string") return `"\\\\x${item.toString("hex")}"`;
  if (bareItem.test(item) && !/^null$/i.test(item)) return item;
  return `"${item.replace(/[\\"]/g, "\\$&")}"`;
}
