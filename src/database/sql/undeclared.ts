import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import type { Document } from "../contract.ts";
import type { DeclaredFields } from "../match.ts";
import { setField } from "../set-field.ts";

/** The fields of a document that nobody declared, as the text of their column; null when there are none. */
export function encodeUndeclared(document: Document, fields: DeclaredFields): string | null {
  const rest = Object.entries(document).filter(
    ([field, value]) => value !== undefined && fields[field] === undefined,
  );
  return rest.length === 0 ? null : encodeValue(Object.fromEntries(rest), "document");
}

/** Adds the selected ones of these fields (all when undefined) to the document that is being made. */
export function addUndeclared(
  document: Record<string, unknown>,
  text: string,
  select: readonly string[] | undefined,
): void {
  const rest = decodeValue(text) as Document;
  for (const key of Object.keys(rest)) {
    if (select === undefined || select.includes(key)) setField(document, key, rest[key]);
  }
}
