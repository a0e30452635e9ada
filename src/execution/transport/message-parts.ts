import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { isPlainKey, isPlainObject, isPlainString } from "../../values/plain.ts";

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

/** A text of at least this many characters is attached. */
const longText = 4096;

type Path = readonly (string | number)[];

/** Where an attachment belongs in the message. */
interface Place {
  readonly path: Path;
  readonly as: "bytes" | "text";
}

/** The parts of a message, which is not changed. */
export function splitMessage(message: object): MessageParts {
  // Most messages are flat, and it takes a fraction of a walk to any depth to write those.
  return splitFlat(message as FlatMessage) ?? splitAny(message);
}

/** The message of some parts, whose bytes it does not keep. */
export function joinMessage(text: string, attachments: readonly Buffer[]): unknown {
  const value = decodeValue(text);
  if (attachments.length === 0) return value;
  const whole = value as { readonly message: object; readonly places: readonly Place[] };
  for (const [i, { path, as }] of whole.places.entries()) {
    const bytes = attachments[i] ?? Buffer.alloc(0);
    put(whole.message, path, as === "text" ? bytes.toString() : Buffer.from(bytes));
  }
  return whole.message;
}

/** Defines rather than sets: a key may be `__proto__`. */
function put(root: object, path: Path, value: unknown): void {
  let holder = root;
  for (const key of path.slice(0, -1)) holder = Reflect.get(holder, key) as object;
  const rights = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(holder, path.at(-1) ?? "", { value, ...rights });
}

type FlatMessage = Readonly<Record<string, unknown>>;

/** The parts of a message that JSON writes as it is and that has no more than two levels; undefined for another. */
function splitFlat(message: FlatMessage): MessageParts | undefined {
  const places = longTextsOf(message);
  if (places === undefined) return undefined;
  if (places.length === 0) return { text: JSON.stringify(message), attachments: [] };
  const rest: Record<string, unknown> = { ...message };
  const attachments = places.map(({ path: [key = "", inner] }) => {
    const value = message[key];
    rest[key] = inner === undefined ? null : { ...(rest[key] as FlatMessage), [inner]: null };
    return (inner === undefined ? value : (value as FlatMessage)[inner]) as string;
  });
  return { text: JSON.stringify({ message: rest, places }), attachments };
}

/** The places of the long texts of a flat message; undefined when it is not flat. */
function longTextsOf(record: FlatMessage, outer?: string): Place[] | undefined {
  const places: Place[] = [];
  for (const key in record) {
    if (!isPlainKey(key)) return undefined;
    const value = record[key];
    if (isLongText(value)) {
      places.push({ path: outer === undefined ? [key] : [outer, key], as: "text" });
    } else if (!isScalar(value)) {
      if (outer !== undefined || !isPlainObject(value)) return undefined;
      const inner = longTextsOf(value, key);
      if (inner === undefined) return undefined;
      places.push(...inner);
    }
  }
  return places;
}

function isLongText(value: unknown): value is string {
  return typeof value === "string" && value.length >= longText && isPlainString(value);
}

/** Whether JSON writes and reads it as it is, and it has no parts. */
function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    default:
      return value === null;
  }
}

function splitAny(message: object): MessageParts {
  const detaching = new Detaching();
  const rest = detaching.detach(message);
  const { attachments, places } = detaching;
  return {
    text: encodeValue(attachments.length === 0 ? message : { message: rest, places }),
    attachments,
  };
}

/** What is taken out of a message, on the way through it. */
class Detaching {
  readonly places: Place[] = [];
  readonly attachments: Attachment[] = [];
  /** Where in the message it is now. */
  readonly #path: (string | number)[] = [];

  /** The value with null for what is attached; the same object when nothing is. */
  detach(value: unknown): unknown {
    if (typeof value === "string") {
      return isLongText(value) ? this.#attach(value, "text") : value;
    }
    if (value instanceof Uint8Array) return this.#attach(value, "bytes");
    const before = this.places.length;
    if (Array.isArray(value)) {
      const items = Array.from(value, (item, i) => this.#detachAt(i, item));
      return this.places.length === before ? value : items;
    }
    if (!isPlainObject(value)) return value;
    const entries: [string, unknown][] = [];
    for (const key in value) entries.push([key, this.#detachAt(key, value[key])]);
    return this.places.length === before ? value : Object.fromEntries(entries);
  }

  #detachAt(key: string | number, value: unknown): unknown {
    this.#path.push(key);
    const rest = this.detach(value);
    this.#path.pop();
    return rest;
  }

  #attach(part: Uint8Array | string, as: Place["as"]): null {
    this.attachments.push(part);
    this.places.push({ path: [...this.#path], as });
    return null;
  }
}
