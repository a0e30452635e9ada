import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { isPlainString } from "../../values/plain.ts";

/*
 * How a message travels as bytes, over anything that carries them in order:
 *
 *   u32 size of what follows | u32 size of the text | text | attachments, each: u32 size | bytes
 *
 * Little endian. The text is the message in the codec's form, as UTF-8. What would be copied and escaped
 * at a cost (bytes, long texts) is attached as it is, and the text says `{"attached":place,"as":kind}`.
 */

/** A text of at least this many characters is attached. */
const longText = 4096;

interface Attachment {
  readonly attached: number;
  readonly as: "bytes" | "text";
}

/** The bytes of a message. */
export function encodeFrame(message: object): Buffer {
  const attachments: Uint8Array[] = [];
  const text = encodeValue(detach(message, attachments));
  const textSize = Buffer.byteLength(text);
  const size = attachments.reduce((sum, { length }) => sum + 4 + length, 4 + textSize);
  const frame = Buffer.allocUnsafe(4 + size);
  frame.writeUInt32LE(size, 0);
  frame.writeUInt32LE(textSize, 4);
  frame.write(text, 8);
  let place = 8 + textSize;
  for (const bytes of attachments) {
    frame.writeUInt32LE(bytes.length, place);
    frame.set(bytes, place + 4);
    place += 4 + bytes.length;
  }
  return frame;
}

/** Puts messages together from bytes that arrive in pieces of any size. What it is given it does not keep. */
export class FrameReader {
  readonly #onMessage: (message: unknown) => void;
  /** Copies of the pieces of a frame that has not arrived as a whole. */
  #pieces: Buffer[] = [];
  #size = 0;
  /** How many bytes the frame takes, as soon as four of them are there. */
  #wanted = 4;

  constructor(onMessage: (message: unknown) => void) {
    this.#onMessage = onMessage;
  }

  push(bytes: Buffer): void {
    if (this.#size === 0) {
      this.#keep(this.#read(bytes));
      return;
    }
    this.#keep(bytes);
    if (this.#size < this.#wanted) return;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    this.#keep(this.#read(all));
  }

  /** Reads whole frames, and returns what is left. */
  #read(bytes: Buffer): Buffer {
    let place = 0;
    for (;;) {
      const left = bytes.length - place;
      this.#wanted = left < 4 ? 4 : 4 + bytes.readUInt32LE(place);
      if (left < this.#wanted) return bytes.subarray(place);
      const end = place + this.#wanted;
      const message = decodeFrame(bytes.subarray(place + 4, end));
      place = end;
      this.#onMessage(message);
    }
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pieces.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }
}

function decodeFrame(frame: Buffer): unknown {
  const textEnd = 4 + frame.readUInt32LE(0);
  const message = decodeValue(frame.toString("utf8", 4, textEnd));
  if (textEnd === frame.length) return message;
  const attachments: Buffer[] = [];
  for (let place = textEnd; place < frame.length;) {
    const end = place + 4 + frame.readUInt32LE(place);
    attachments.push(frame.subarray(place + 4, end));
    place = end;
  }
  return attach(message, attachments);
}

/** The message with what is attached left out; the same object when nothing is. */
function detach(value: unknown, attachments: Uint8Array[]): unknown {
  if (typeof value === "string" && value.length >= longText && isPlainString(value)) {
    attachments.push(Buffer.from(value));
    return { attached: attachments.length - 1, as: "text" } satisfies Attachment;
  }
  if (value instanceof Uint8Array) {
    attachments.push(value);
    return { attached: attachments.length - 1, as: "bytes" } satisfies Attachment;
  }
  if (typeof value !== "object" || value === null) return value;
  const before = attachments.length;
  if (Array.isArray(value)) {
    const items = value.map((item) => detach(item, attachments));
    return attachments.length === before ? value : items;
  }
  const entries: [string, unknown][] = [];
  for (const key in value) entries.push([key, detach(Reflect.get(value, key), attachments)]);
  return attachments.length === before ? value : Object.fromEntries(entries);
}

function attach(value: unknown, attachments: readonly Buffer[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => attach(item, attachments));
  if (!Object.hasOwn(value, "attached")) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, attach(item, attachments)]),
    );
  }
  const { attached, as } = value as Attachment;
  const bytes = attachments[attached] ?? Buffer.alloc(0);
  return as === "text" ? bytes.toString() : Buffer.from(bytes);
}
