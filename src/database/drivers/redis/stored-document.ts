import { AssayError } from "../../../errors/assay-error.ts";
import { canonicalText, hashText } from "../../../values/canonical.ts";
import { decodeValue } from "../../../values/decode.ts";
import { encodeValue } from "../../../values/encode.ts";
import type { Document, FieldType } from "../../contract.ts";
import { cannotHold, toDeclared } from "../../declared-value.ts";
import { valueAt } from "../../match.ts";
import { setField } from "../../set-field.ts";
import { undeclaredField, type IndexLayout, type Layout } from "./layout.ts";
import { packMessage, unpackMap } from "./message-pack.ts";
import { fromOrdered, toOrdered } from "./ordered-number.ts";

/** The values of a document by slot: what the packed map of its bytes holds. */
export type Slots = ReadonlyMap<string, Buffer>;

/** A value as a declared field of this type holds it; undefined when it cannot. */
export function toBytes(type: FieldType, value: unknown): Buffer | undefined {
  const declared = toDeclared(type, value);
  if (typeof declared === "number") return toOrdered(declared);
  return typeof declared === "string" ? Buffer.from(declared) : declared && asBuffer(declared);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fromBytes(type: FieldType, bytes: Buffer): unknown {
  switch (type) {
    case "integer":
    case "real":
      return fromOrdered(bytes);
    case "text":
    case "encoded":
      return bytes.toString("utf8");
    case "id":
      return bytes.toString("hex");
    case "bytes":
      return bytes;
  }
}

/** As `toBytes`; `INVALID_VALUE` when the field cannot hold the value. */
export function demandBytes(
  layout: Layout,
  field: string,
  type: FieldType,
  value: unknown,
): Buffer {
  const bytes = toBytes(type, value);
  if (bytes !== undefined) return bytes;
  throw cannotHold(`"${layout.name}"`, field, type, value);
}

/** The hash of a value that cannot be an entry of an index itself: equal values have the same. */
export function hashOf(value: unknown): Buffer {
  return Buffer.from(hashText(canonicalText(value)), "hex").subarray(0, 16);
}

/** A document as it is stored. `INVALID_VALUE` for what cannot be. */
export function toSlots(layout: Layout, document: Document): Slots {
  const slots = new Map<string, Buffer>();
  for (const [field, value] of Object.entries(document)) {
    if (value === undefined) continue;
    const declared = layout.fields.get(field);
    if (declared === undefined) {
      slots.set(layout.slotOf(field), Buffer.from(encodeValue(value, `document.${field}`)));
    } else if (value !== null) {
      slots.set(declared.slot, demandBytes(layout, field, declared.type, value));
    }
  }
  for (const path of layout.hashed) {
    const value = valueAt(document, path, layout.declared);
    if (value !== undefined) slots.set(`@${path}`, hashOf(value));
  }
  return slots;
}

export function packSlots(slots: Slots): Buffer {
  return packMessage(slots);
}

const absent = Buffer.from([0]);
const present = Buffer.from([1]);

/** One value of an entry, absent ones first. */
export function toComponent(bytes: Uint8Array | undefined, isText: boolean): Buffer {
  if (bytes === undefined) return absent;
  return Buffer.concat(isText ? [present, bytes, absent] : [present, bytes]);
}

export interface Entry {
  readonly bytes: Buffer;
  /** Whether all its values are there: only then it has to be unique. */
  readonly isWhole: boolean;
}

/** The entry of a document in an index, without the id; undefined where it has none. */
export function toEntry({ components, sparse }: IndexLayout, slots: Slots): Entry | undefined {
  if (sparse !== undefined && !slots.has(sparse)) return undefined;
  const parts = components.map(({ slot, kind }) => toComponent(slots.get(slot), kind === "text"));
  return { bytes: Buffer.concat(parts), isWhole: !parts.includes(absent) };
}

/** The document that bytes hold; `CORRUPT` when they hold none. */
export function toDocument(layout: Layout, bytes: Buffer): Document {
  const slots = unpackMap(bytes);
  if (slots === undefined) {
    throw new AssayError("CORRUPT", `A document of "${layout.name}" cannot be read`, {
      details: { collection: layout.name },
    });
  }
  const document: Record<string, unknown> = {};
  let declared = 0;
  for (const [field, { type, slot }] of layout.fields) {
    const value = slots.get(slot);
    if (value === undefined) continue;
    document[field] = fromBytes(type, value);
    declared += 1;
  }
  if (declared === slots.size) return document;
  // Lua keeps no order of keys.
  for (const slot of [...slots.keys()].sort()) {
    const field = undeclaredField(slot);
    const text = slots.get(slot);
    if (field === undefined || text === undefined) continue;
    setField(document, field, decodeValue(text.toString("utf8")));
  }
  return document;
}
