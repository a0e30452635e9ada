import { AssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { encodeValue } from "../../../values/encode.ts";
import { isPlainObject } from "../../../values/plain.ts";
import type { Document, FieldType } from "../../contract.ts";
import { cannotHold, toDeclared } from "../../declared-value.ts";
import type { DeclaredFields } from "../../match.ts";
import { setField } from "../../set-field.ts";
import { fromStoredName, otherFields, storedField, toStoredName } from "./field-names.ts";

/** A document as the server has it. */
export type Stored = Record<string, unknown>;

/** Maps below this stay texts: MongoDB's own limit is 100 levels. */
const deepest = 20;

/** How the documents of one collection are stored: declared fields as BSON's own types, all others as texts. */
export class Layout {
  readonly collection: string;
  readonly fields: DeclaredFields;
  readonly columns: readonly string[];
  /** What a stored document consists of, besides what the server and claims keep in it. */
  readonly storedFields: readonly string[];

  constructor(collection: string, fields: DeclaredFields) {
    this.collection = collection;
    // Without a prototype, so that no undeclared field is mistaken for one of Object's own.
    this.fields = Object.assign(Object.create(null) as Record<string, FieldType>, fields);
    this.columns = Object.keys(fields);
    this.storedFields = [...this.columns, otherFields];
  }

  /** `INVALID_VALUE` when a value cannot be stored. */
  toStored(document: Document): Stored {
    const stored: Stored = {};
    const other: Stored = {};
    for (const [field, value] of Object.entries(document)) {
      if (value === undefined) continue;
      if (this.fields[field] === undefined) {
        other[toStoredName(field)] = toNested(value, `document.${field}`);
      } else if (value !== null) stored[field] = this.toNative(field, value);
    }
    if (Object.keys(other).length > 0) stored[otherFields] = other;
    return stored;
  }

  /** The value of one field as it is stored; null in a declared field is undefined: it is not stored. */
  toStoredValue(field: string, value: unknown): unknown {
    if (this.fields[field] === undefined) return toNested(value, `document.${field}`);
    return value === null ? undefined : this.toNative(field, value);
  }

  /** A value of a declared field; `INVALID_VALUE` when the field cannot hold it. */
  toNative(field: string, value: unknown): unknown {
    const type = this.fields[field];
    const native = type === undefined ? undefined : toDeclared(type, value);
    if (native !== undefined) return native;
    throw cannotHold(`"${this.collection}"`, field, type, value);
  }

  fromStored(stored: Stored, select?: readonly string[]): Document {
    const document: Record<string, unknown> = {};
    for (const field of this.columns) {
      const value = stored[field];
      if (value === undefined || value === null) continue;
      if (select === undefined || select.includes(field)) {
        document[field] = this.#fromNative(field, value);
      }
    }
    for (const [name, value] of Object.entries((stored[otherFields] ?? {}) as Stored)) {
      const field = fromStoredName(name);
      if (select === undefined || select.includes(field)) {
        setField(document, field, fromNested(value));
      }
    }
    return document;
  }

  #fromNative(field: string, value: unknown): unknown {
    const type = this.fields[field];
    if (type !== "id" && type !== "bytes") return value;
    const bytes = bytesOf(value);
    if (bytes !== undefined) return type === "id" ? bytes.toString("hex") : bytes;
    throw new AssayError(
      "CORRUPT",
      `The field "${field}" of "${this.collection}" holds ${typeof value} where bytes are kept; another program wrote it`,
      { details: { field } },
    );
  }

  /** What the server is to return for some fields; all of them when undefined. */
  projection(select: readonly string[] | undefined): Record<string, 0 | 1> {
    if (select === undefined) return { _id: 0 };
    const entries = select.map((field) => [storedField(field, this.fields), 1] as const);
    return entries.length === 0 ? { _id: 1 } : { ...Object.fromEntries(entries), _id: 0 };
  }
}

/** Maps as documents, so that an index can lead into them; what they hold as texts of the codec. */
function toNested(value: unknown, path: string, depth = 0): unknown {
  if (!isPlainObject(value) || depth >= deepest) return encodeValue(value, path);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return encodeValue({}, path);
  return Object.fromEntries(
    entries.map(([key, item]) => [toStoredName(key), toNested(item, `${path}.${key}`, depth + 1)]),
  );
}

function fromNested(stored: unknown): unknown {
  if (typeof stored === "string") return decodeValue(stored);
  const value: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(stored as Stored)) {
    setField(value, fromStoredName(name), fromNested(item));
  }
  return value;
}

/** The bytes of what a client of any version gives for binary data. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  const { buffer, position } = value as { buffer?: unknown; position?: unknown };
  if (!(buffer instanceof Uint8Array) || typeof position !== "number") return undefined;
  return bytesOf(buffer.subarray(0, position));
}
