import { hash } from "node:crypto";
import { writeValue } from "./write.ts";

/**
 * The one text of a value that its identity is made of: that of `encodeValue`, with the keys of
 * objects and the elements of sets sorted (by UTF-16 code units) on every level. The order of a
 * Map is part of its value. `1`, `1n` and `"1"` have different texts, and so have 0 and -0.
 * What cannot be stored is `INVALID_VALUE`.
 */
export function canonicalText(value: unknown): string {
  return writeValue(value, { whole: value, root: "value", sorted: true }, 0);
}

/** SHA-256 of the text's UTF-8 bytes, as 64 hexadecimal digits. */
export function hashText(text: string): string {
  return hash("sha256", text, "hex");
}

/** SHA-256 of the canonical text of a value, as 64 hexadecimal digits. */
export function hashValue(value: unknown): string {
  return hashText(canonicalText(value));
}

/** The first 16 bytes of the text's SHA-256, as 32 hexadecimal digits: enough for an id. */
export function shortHash(text: string): string {
  return hashText(text).slice(0, 32);
}
