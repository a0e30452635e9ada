import { isBareText } from "./bare-text.ts";
import { longText } from "./long-text.ts";
import { isPlainJson } from "./plain.ts";
import { writeValue } from "./write.ts";

/**
 * The JSON text that stores a value; `decodeValue` gives the value back.
 *
 * Null, booleans, finite numbers, strings, arrays and plain objects are plain JSON, in the order
 * of their keys. The rest is an object with one key that starts with "$":
 *
 * | value                                      | text                                   |
 * | ------------------------------------------ | -------------------------------------- |
 * | NaN, Infinity, -Infinity, -0               | `{"$number":"NaN"}`                    |
 * | big integer                                | `{"$bigint":"123"}`                    |
 * | Date; an invalid one                       | `{"$date":"2025-01-31T00:00:00.000Z"}`; `{"$date":null}` |
 * | Uint8Array, Buffer                         | `{"$bytes":base64}`                    |
 * | another typed array                        | `{"$typed":["Float64Array",base64]}` (little endian) |
 * | ArrayBuffer                                | `{"$buffer":base64}`                   |
 * | Map, Set                                   | `{"$map":[[key,value],…]}`, `{"$set":[…]}` |
 * | undefined, a hole of an array              | `{"$undefined":true}`                  |
 * | string with a NUL or a lone surrogate      | `{"$string":base64 of its UTF-16}`     |
 * | a part that storage keeps elsewhere        | `{"$content":{"sha256":"…","bytes":123}}` |
 * | object with such a key, a key that starts with "$", or "__proto__" | `{"$object":[[key,value],…]}` |
 *
 * As in JSON, a property that is undefined is left out, and so are properties named by symbols and
 * named properties of arrays. A Buffer comes back as Uint8Array, and what extends one of
 * the classes above as that class. A typed array is stored without the rest of its buffer.
 *
 * Everything else (functions, instances of other classes, cycles, more than 1000 levels) is
 * `INVALID_VALUE`: the message and `details.path` say where, counted from `root`, and
 * `details.type` what it is.
 */
export function encodeValue(value: unknown, root = "value"): string {
  if (!isPlainJson(value)) return writeValue(value, { whole: value, root, sorted: false }, 0);
  return holdsLongText(value) ? writeLongTexts(value) : JSON.stringify(value);
}

type PlainRecord = Readonly<Record<string, unknown>>;

function holdsLongText(value: unknown): value is PlainRecord {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const key in value) if (isLongText((value as PlainRecord)[key])) return true;
  return false;
}

function isLongText(item: unknown): item is string {
  return typeof item === "string" && item.length >= longText;
}

/** What `JSON.stringify` writes of plain JSON, for which it takes long. */
function writeLongTexts(record: PlainRecord): string {
  let text = "";
  for (const key in record) {
    const item = record[key];
    if (item === undefined) continue;
    const written = isLongText(item) && isBareText(item) ? `"${item}"` : JSON.stringify(item);
    text += `${text === "" ? "{" : ","}${JSON.stringify(key)}:${written}`;
  }
  return `${text}}`;
}
