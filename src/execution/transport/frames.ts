import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { isPlainObject, isPlainString } from "../../values/plain.ts";

/*
 * How a message travels as bytes, over anything that carries them in order:
 *
 *   u32 size of what follows | u32 size of the text | text | attachments, each: u32 size | bytes
 *
 * Little endian. The text is the message in the codec's form, as UTF-8. What would be copied and escaped
 * at a cost (bytes, long texts) is attached as it is. Where something is, the text is instead
 * `{"message":…,"places":[…]}`: the message without it, and the place of each attachment in order.
 */

/** A text of at least this many characters is attached. */
const longText = 4096;

type Path = readonly (string | number)[];

/** Where an attachment belongs in the text's value. */
interface Place {
  readonly path: Path;
  readonly as: "bytes" | "text";
}

/** The bytes of a message. */
export function encodeFrame(message: object): Buffer {
  const detaching = new Detaching();
  const rest = detaching.detach(message);
  const { places, attachments } = detaching;
  const text = encodeValue(attachments.length === 0 ? message : { message: rest, places });
  const textSize = Buffer.byteLength(text);
  const sizes = attachments.map((part) => Buffer.byteLength(part));
  const size = sizes.reduce((sum, length) => sum + 4 + length, 4 + textSize);
  const frame = Buffer.allocUnsafe(4 + size);
  frame.writeUInt32LE(size, 0);
  frame.writeUInt32LE(textSize, 4);
  frame.write(text, 8);
  let place = 8 + textSize;
  for (const [i, part] of attachments.entries()) {
    place = frame.writeUInt32LE(sizes[i] ?? 0, place);
    if (typeof part === "string") frame.write(part, place);
    else frame.set(part, place);
    place += sizes[i] ?? 0;
  }
  return frame;
}

const headerBytes = 4;

/** Puts messages together from bytes that arrive in pieces of any size. What it is given it does not keep. */
export class FrameReader {
  readonly #onMessage: (message: unknown) => void;
  /** A frame that has not arrived as a whole; as large as its header until that is there. */
  #frame = Buffer.allocUnsafe(headerBytes);
  #filled = 0;

  constructor(onMessage: (message: unknown) => void) {
    this.#onMessage = onMessage;
  }

  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#filled === 0) rest = this.#read(rest);
      rest = this.#fill(rest);
    }
  }

  /** Reads whole frames where they are, and returns what is left. */
  #read(bytes: Buffer): Buffer {
    let place = 0;
    for (;;) {
      const left = bytes.length - place;
      const size = left < headerBytes ? headerBytes : frameSize(bytes, place);
      if (left < size) return bytes.subarray(place);
      const message = decodeFrame(bytes.subarray(place + headerBytes, place + size));
      place += size;
      this.#onMessage(message);
    }
  }

  /** Copies what belongs to the frame that has begun, and returns what follows it. */
  #fill(bytes: Buffer): Buffer {
    const copied = bytes.copy(this.#frame, this.#filled);
    this.#filled += copied;
    if (this.#filled === headerBytes) {
      const header = this.#frame;
      this.#frame = Buffer.allocUnsafe(frameSize(header, 0));
      header.copy(this.#frame);
    } else if (this.#filled === this.#frame.length) {
      const whole = this.#frame;
      this.#frame = Buffer.allocUnsafe(headerBytes);
      this.#filled = 0;
      this.#read(whole);
    }
    return bytes.subarray(copied);
  }
}

/** How many bytes a frame takes, by its header. */
function frameSize(bytes: Buffer, place: number): number {
  return headerBytes + bytes.readUInt32LE(place);
}

/** What is taken out of a message, on the way through it. */
class Detaching {
  readonly places: Place[] = [];
  readonly attachments: (Uint8Array | string)[] = [];
  /** Where in the message it is now. */
  readonly #path: (string | number)[] = ["message"];

  /** The value with null for what is attached; the same object when nothing is. */
  detach(value: unknown): unknown {
    if (typeof value === "string") {
      return value.length < longText || !isPlainString(value) ? value : this.#attach(value, "text");
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

function decodeFrame(frame: Buffer): unknown {
  const textEnd = 4 + frame.readUInt32LE(0);
  const value = decodeValue(frame.toString("utf8", 4, textEnd));
  if (textEnd === frame.length) return value;
  const whole = value as { readonly message: unknown; readonly places: readonly Place[] };
  let start = textEnd;
  for (const { path, as } of whole.places) {
    const end = start + 4 + frame.readUInt32LE(start);
    const bytes = frame.subarray(start + 4, end);
    put(whole, path, as === "text" ? bytes.toString() : Buffer.from(bytes));
    start = end;
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
