import { types } from "node:util";
import { isPlainKey, isPlainObject, isPlainString, maxDepth } from "./plain.ts";
import { StoredContent } from "./stored-content.ts";
import { isTypedArrayName, toLittleEndian } from "./typed-arrays.ts";
import { unstorableError } from "./unstorable.ts";

/** What is being written, as a whole: for errors, which name the path from its root. */
export interface Writing {
  readonly whole: unknown;
  readonly root: string;
  /** Whether keys and the elements of sets are sorted (the canonical form) or keep their order. */
  readonly sorted: boolean;
}

/** The text of any value in the codec's form; what cannot be stored is `INVALID_VALUE`. */
export function writeValue(value: unknown, writing: Writing, depth: number): string {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return `{"$bigint":"${value}"}`;
    case "undefined":
      return '{"$undefined":true}';
    case "object":
      return value === null ? "null" : writeObject(value, writing, depth);
    default:
      throw unstorableError(writing.whole, writing.root);
  }
}

function writeString(text: string): string {
  if (isPlainString(text)) return JSON.stringify(text);
  return `{"$string":"${Buffer.from(text, "utf16le").toString("base64")}"}`;
}

function writeNumber(value: number): string {
  if (Object.is(value, -0)) return '{"$number":"-0"}';
  return Number.isFinite(value) ? String(value) : `{"$number":"${value}"}`;
}

function writeObject(value: object, writing: Writing, depth: number): string {
  if (depth >= maxDepth) throw unstorableError(writing.whole, writing.root);
  if (Array.isArray(value)) return `[${writeAll(value, writing, depth).join(",")}]`;
  if (isPlainObject(value)) return writeRecord(value, writing, depth);
  if (types.isDate(value)) return writeDate(value);
  if (types.isMap(value)) return writeMap(value, writing, depth);
  if (types.isSet(value)) return writeSet(value, writing, depth);
  if (types.isTypedArray(value)) return writeTypedArray(value, writing);
  if (types.isArrayBuffer(value)) return `{"$buffer":"${Buffer.from(value).toString("base64")}"}`;
  if (value instanceof StoredContent) return writeContent(value);
  throw unstorableError(writing.whole, writing.root);
}

function writeContent({ sha256, bytes }: StoredContent): string {
  return `{"$content":${JSON.stringify({ sha256, bytes })}}`;
}

function writeAll(items: Iterable<unknown>, writing: Writing, depth: number): string[] {
  const texts: string[] = [];
  for (const item of items) texts.push(writeValue(item, writing, depth + 1));
  return texts;
}

function writeRecord(
  value: Readonly<Record<string, unknown>>,
  writing: Writing,
  depth: number,
): string {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (writing.sorted && !isSorted(keys)) keys.sort();
  if (!keys.every(isPlainKey)) return writePairs(value, keys, writing, depth);
  let text = "";
  for (const key of keys) {
    const item = writeValue(value[key], writing, depth + 1);
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${item}`;
  }
  return `{${text}}`;
}

// Most objects are written with the same few keys, often in order; looking costs less than sorting.
function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key);
}

function writePairs(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  writing: Writing,
  depth: number,
): string {
  const pairs = keys.map(
    (key) => `[${writeString(key)},${writeValue(value[key], writing, depth + 1)}]`,
  );
  return `{"$object":[${pairs.join(",")}]}`;
}

function writeDate(date: Date): string {
  const text = Number.isNaN(date.getTime()) ? "null" : `"${date.toISOString()}"`;
  return `{"$date":${text}}`;
}

function writeMap(map: ReadonlyMap<unknown, unknown>, writing: Writing, depth: number): string {
  const pairs = Array.from(map, (pair) => `[${writeAll(pair, writing, depth).join(",")}]`);
  return `{"$map":[${pairs.join(",")}]}`;
}

function writeSet(set: ReadonlySet<unknown>, writing: Writing, depth: number): string {
  const items = writeAll(set, writing, depth);
  if (writing.sorted) items.sort();
  return `{"$set":[${items.join(",")}]}`;
}

function writeTypedArray(array: NodeJS.TypedArray, writing: Writing): string {
  const name = array[Symbol.toStringTag];
  const base64 = toLittleEndian(array).toString("base64");
  if (name === "Uint8Array") return `{"$bytes":"${base64}"}`;
  if (isTypedArrayName(name)) return `{"$typed":["${name}","${base64}"]}`;
  throw unstorableError(writing.whole, writing.root);
}
