import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { LongText, longText } from "../../values/long-text.ts";
import { isPlainKey, isPlainObject, isPlainString } from "../../values/plain.ts";
import { isPlainMessage } from "../plain-message.ts";
import { TextMemory } from "./text-memory.ts";

/**
 * A message as a text of the codec, without what would be copied and escaped at a cost: bytes and long texts are
 * attached as they are. Where something is, the text is not the message but `{"message":…,"places":[…]}`: the message
 * without it, and the place of each attachment in order.
 */
export interface MessageParts {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

type Attachment = Uint8Array | string;

const none: readonly Attachment[] = [];

type Path = readonly (string | number)[];

/** Where an attachment belongs in the message. */
interface Place {
  readonly path: Path;
  readonly as: "bytes" | "text" | "long";
}

/** The parts of a message, which is not changed. */
export function splitMessage(message: object): MessageParts {
  if (isPlainMessage(message)) return { text: JSON.stringify(message), attachments: none };
  const search = new Search();
  search.visit(message);
  const { places, attachments } = search;
  const rest = places.reduce((value, { path }) => withNull(value, path), message);
  const value = places.length === 0 ? message : { message: rest, places };
  return { text: search.isPlain ? JSON.stringify(value) : encodeValue(value), attachments };
}

/** The message of some parts, whose bytes it does not keep. */
export function joinMessage(text: string, attachments: readonly Buffer[]): unknown {
  const value = decodeValue(text);
  if (attachments.length === 0) return value;
  const whole = value as { readonly message: object; readonly places: readonly Place[] };
  for (const [i, { path, as }] of whole.places.entries()) {
    const bytes = attachments[i] ?? Buffer.alloc(0);
    put(whole.message, path, attached(bytes, as));
  }
  return whole.message;
}

const texts = new TextMemory();

function attached(bytes: Buffer, as: Place["as"]): string | Buffer | LongText {
  if (as === "long") return texts.keep(bytes);
  return as === "text" ? bytes.toString() : Buffer.from(bytes);
}

/** Looks in a message for what is to be attached, and whether JSON writes the rest as it is. */
class Search {
  readonly places: Place[] = [];
  readonly attachments: Attachment[] = [];
  isPlain = true;
  /** Where in the message it is now. */
  readonly #path: (string | number)[] = [];

  visit(value: unknown): void {
    if (typeof value === "string") this.#attach(value, "text");
    else if (value instanceof LongText) this.#attach(value.value, "long");
    else if (value instanceof Uint8Array) this.#attach(value, "bytes");
    else if (Array.isArray(value)) this.#visitItems(value);
    else if (isPlainObject(value)) this.#visitProperties(value);
    else this.isPlain = false;
  }

  #visitItems(items: readonly unknown[]): void {
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      if (item === undefined) this.isPlain = false;
      else if (!isShort(item)) this.#visitAt(i, item);
    }
  }

  #visitProperties(record: Readonly<Record<string, unknown>>): void {
    for (const key in record) {
      if (!isPlainKey(key)) this.isPlain = false;
      const value = record[key];
      if (!isShort(value)) this.#visitAt(key, value);
    }
  }

  #visitAt(key: string | number, value: unknown): void {
    this.#path.push(key);
    this.visit(value);
    this.#path.pop();
  }

  #attach(part: Attachment, as: Place["as"]): void {
    this.attachments.push(part);
    this.places.push({ path: [...this.#path], as });
  }
}

/** Whether JSON writes and reads it as it is and there is nothing in it: what most values of a message are. */
function isShort(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return value.length < longText || !isPlainString(value);
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "boolean":
    case "undefined":
      return true;
    default:
      return value === null;
  }
}

/** A copy with null in one place. */
function withNull(value: object, path: Path, level = 0): object {
  const key = path[level] ?? "";
  const isPlace = level === path.length - 1;
  const inner = isPlace ? null : withNull(Reflect.get(value, key) as object, path, level + 1);
  const copy: object = Array.isArray(value) ? Array.from<unknown>(value) : { ...value };
  define(copy, key, inner);
  return copy;
}

function put(root: object, path: Path, value: unknown): void {
  let holder = root;
  for (const key of path.slice(0, -1)) holder = Reflect.get(holder, key) as object;
  define(holder, path.at(-1) ?? "", value);
}

/** Sets what may be named `__proto__`, which takes longer. */
function define(holder: object, key: string | number, value: unknown): void {
  if (key !== "__proto__") Reflect.set(holder, key, value);
  else Object.defineProperty(holder, key, { ...ownProperty, value });
}

const ownProperty = { writable: true, enumerable: true, configurable: true };
