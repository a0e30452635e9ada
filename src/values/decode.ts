import { AssayError } from "../errors/assay-error.ts";
import { maxDepth } from "./plain.ts";
import { StoredContent } from "./stored-content.ts";
import { fromLittleEndian, isTypedArrayName } from "./typed-arrays.ts";

/**
 * The value that `encodeValue` wrote. A text that it cannot have written (no JSON, an unknown or
 * malformed tag) is `CORRUPT`.
 */
export function decodeValue(text: string): unknown {
  const parsed = parseJson(text);
  // Without a key that starts with "$" there is no tag.
  return text.includes('"$') ? revive(parsed, 0) : parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError("CORRUPT", `Cannot read stored value ${excerpt(text)}: it is not JSON`, {
      cause,
    });
  }
}

function revive(parsed: unknown, depth: number): unknown {
  if (typeof parsed !== "object" || parsed === null) return parsed;
  if (depth > maxDepth) throw new AssayError("CORRUPT", "Stored value is nested too deeply");
  if (Array.isArray(parsed)) return parsed.map((item) => revive(item, depth + 1));
  const entries = Object.entries(parsed);
  const tag = entries.find(([key]) => key.startsWith("$"));
  if (tag === undefined) {
    return toObject(entries.map(([key, item]) => [key, revive(item, depth + 1)]));
  }
  const read = entries.length === 1 ? readers.get(tag[0]) : undefined;
  return read === undefined ? malformed(parsed) : read(tag[1], depth + 1);
}

/** Defines properties, where an assignment to "__proto__" would set the prototype. */
function toObject(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

type Reader = (content: unknown, depth: number) => unknown;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["$number", readNumber],
  ["$bigint", readBigint],
  ["$date", readDate],
  ["$bytes", readBytes],
  ["$typed", readTyped],
  ["$buffer", (content) => readBytes(content).buffer],
  ["$map", (content, depth) => new Map(readPairs(content, depth))],
  ["$set", (content, depth) => new Set(readItems(content, depth))],
  ["$undefined", (content) => (content === true ? undefined : malformed(content))],
  ["$string", readString],
  ["$object", readObject],
  ["$content", readContent],
]);

function readNumber(content: unknown): number {
  switch (content) {
    case "NaN":
      return NaN;
    case "Infinity":
      return Infinity;
    case "-Infinity":
      return -Infinity;
    case "-0":
      return -0;
    default:
      return malformed(content);
  }
}

function readBigint(content: unknown): bigint {
  if (typeof content === "string" && /^-?\d+$/.test(content)) return BigInt(content);
  return malformed(content);
}

function readDate(content: unknown): Date {
  if (content === null) return new Date(NaN);
  const date = new Date(typeof content === "string" ? content : NaN);
  return Number.isNaN(date.getTime()) ? malformed(content) : date;
}

function readBytes(content: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readBase64(content));
}

function readBase64(content: unknown): Buffer {
  if (typeof content !== "string") return malformed(content);
  const bytes = Buffer.from(content, "base64");
  // The decoder skips what is no base64; then bytes are missing for the length of the text.
  const padding = content.endsWith("==") ? 2 : content.endsWith("=") ? 1 : 0;
  return bytes.length === (content.length / 4) * 3 - padding ? bytes : malformed(content);
}

function readTyped(content: unknown): NodeJS.TypedArray {
  if (!isPair(content) || !isTypedArrayName(content[0])) return malformed(content);
  const [name, base64] = content;
  return fromLittleEndian(name, readBase64(base64)) ?? malformed(content);
}

function readItems(content: unknown, depth: number): unknown[] {
  return Array.isArray(content) ? content.map((item) => revive(item, depth)) : malformed(content);
}

function readPairs(content: unknown, depth: number): [unknown, unknown][] {
  if (!Array.isArray(content)) return malformed(content);
  return content.map((pair: unknown) => {
    if (!isPair(pair)) return malformed(pair);
    return [revive(pair[0], depth), revive(pair[1], depth)];
  });
}

function isPair(content: unknown): content is readonly [unknown, unknown] {
  return Array.isArray(content) && content.length === 2;
}

function readString(content: unknown): string {
  const bytes = readBase64(content);
  return bytes.length % 2 === 0 ? bytes.toString("utf16le") : malformed(content);
}

function readObject(content: unknown, depth: number): Record<string, unknown> {
  return toObject(
    readPairs(content, depth).map(([key, item]) =>
      typeof key === "string" ? [key, item] : malformed(key),
    ),
  );
}

function readContent(content: unknown): StoredContent {
  if (typeof content !== "object" || content === null) return malformed(content);
  const { sha256, bytes } = content as { readonly sha256?: unknown; readonly bytes?: unknown };
  if (typeof sha256 !== "string" || typeof bytes !== "number") return malformed(content);
  return new StoredContent(sha256, bytes);
}

function malformed(content: unknown): never {
  const text = excerpt(JSON.stringify(content));
  throw new AssayError("CORRUPT", `Stored value has a malformed tag at ${text}`);
}

function excerpt(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
