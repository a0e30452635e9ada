import { joinMessage, splitMessage, type MessageParts } from "./message-parts.ts";

/*
 * How a message travels as bytes, over anything that carries them in order:
 *
 *   u32 size of what follows | u32 size of the text | text | attachments, each: u32 size | bytes
 *
 * Little endian; the text is UTF-8.
 */

/** The bytes of a message. */
export function encodeFrame(message: object): Buffer {
  const parts = splitMessage(message);
  const sizes = parts.attachments.map((part) => 4 + Buffer.byteLength(part));
  const frame = Buffer.allocUnsafe(
    sizes.reduce((sum, size) => sum + size, 8 + Buffer.byteLength(parts.text)),
  );
  writeParts(parts, frame);
  return frame;
}

const writerBytes = 1 << 16;

/** Makes frames for who passes each on at once: all in the same memory, so that each is of use until the next one. */
export class FrameWriter {
  readonly #memory = Buffer.allocUnsafe(writerBytes);

  encode(message: object): Buffer {
    const parts = splitMessage(message);
    // To find out how long texts are takes longer than to write them. No unit of one takes more than three bytes.
    const most = parts.attachments.reduce(
      (sum, part) => sum + 4 + 3 * part.length,
      8 + 3 * parts.text.length,
    );
    if (most > writerBytes) return encodeFrame(message);
    return this.#memory.subarray(0, writeParts(parts, this.#memory));
  }
}

/** Returns how many bytes it took. */
function writeParts({ text, attachments }: MessageParts, frame: Buffer): number {
  const textSize = frame.write(text, 8);
  frame.writeUInt32LE(textSize, 4);
  let place = 8 + textSize;
  for (const part of attachments) {
    const size = writePart(part, frame, place + 4);
    frame.writeUInt32LE(size, place);
    place += 4 + size;
  }
  frame.writeUInt32LE(place - headerBytes, 0);
  return place;
}

function writePart(part: Uint8Array | string, frame: Buffer, place: number): number {
  if (typeof part === "string") return frame.write(part, place);
  frame.set(part, place);
  return part.length;
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

function decodeFrame(frame: Buffer): unknown {
  const textEnd = 4 + frame.readUInt32LE(0);
  const text = frame.toString("utf8", 4, textEnd);
  const attachments: Buffer[] = [];
  for (let start = textEnd; start < frame.length;) {
    const end = start + 4 + frame.readUInt32LE(start);
    attachments.push(frame.subarray(start + 4, end));
    start = end;
  }
  return joinMessage(text, attachments);
}
