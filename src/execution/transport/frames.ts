import { joinMessage, splitMessage, type MessageParts } from "./message-parts.ts";

/*
 * How a message travels as bytes, over anything that carries them in order:
 *
 *   u32 size of what follows | u32 size of the text | text | attachments, each: u32 size | u32 0 | bytes
 *
 * Little endian; the text is UTF-8. The text and each attachment are filled up with zeros to a multiple of eight bytes:
 * from and to memory that threads share, words are copied where both sides are aligned, and else single bytes.
 */
const sizeBytes = 4;
/** What stands before the text, and before each attachment. */
const headBytes = 8;

/** The bytes of a message. */
export function encodeFrame(message: object): Buffer {
  const parts = splitMessage(message);
  const frame = Buffer.allocUnsafe(
    [parts.text, ...parts.attachments]
      .map((part) => headBytes + aligned(Buffer.byteLength(part)))
      .reduce((sum, size) => sum + size),
  );
  writeParts(parts, frame, viewOf(frame));
  return frame;
}

const writerBytes = 1 << 16;

/** Makes frames for who passes each on at once: all in the same memory, so that each is of use until the next one. */
export class FrameWriter {
  readonly #memory = Buffer.allocUnsafeSlow(writerBytes);
  readonly #bytes = new Uint8Array(this.#memory.buffer);
  readonly #view = viewOf(this.#memory);

  encode(message: object): Uint8Array {
    const parts = splitMessage(message);
    // To find out how long texts are takes longer than to write them. No unit of one takes more than three bytes.
    let most = mostBytes(parts.text);
    for (const part of parts.attachments) most += mostBytes(part);
    if (most > writerBytes) return encodeFrame(message);
    // The one of a Buffer does the same with code that every worker would have to compile.
    return this.#bytes.subarray(0, writeParts(parts, this.#memory, this.#view));
  }
}

function mostBytes(part: Uint8Array | string): number {
  return headBytes + aligned(3 * part.length);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Returns how many bytes it took. @param view the same memory, for numbers */
function writeParts({ text, attachments }: MessageParts, frame: Buffer, view: DataView): number {
  const textSize = frame.write(text, headBytes);
  view.setUint32(sizeBytes, textSize, true);
  let place = fillUp(frame, headBytes + textSize);
  for (const part of attachments) {
    const start = place + headBytes;
    const size = writePart(part, frame, start);
    view.setUint32(place, size, true);
    view.setUint32(place + sizeBytes, 0, true);
    place = fillUp(frame, start + size);
  }
  view.setUint32(0, place - sizeBytes, true);
  return place;
}

function writePart(part: Uint8Array | string, frame: Buffer, place: number): number {
  if (typeof part === "string") return frame.write(part, place);
  frame.set(part, place);
  return part.length;
}

function fillUp(frame: Buffer, place: number): number {
  const end = aligned(place);
  for (let i = place; i < end; i += 1) frame[i] = 0;
  return end;
}

function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** Puts messages together from bytes that arrive in pieces of any size. What it is given it does not keep. */
export class FrameReader {
  readonly #onMessage: (message: unknown) => void;
  /** A frame that has not arrived as a whole; as large as its header until that is there. */
  #frame = Buffer.allocUnsafe(sizeBytes);
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
      const size = left < sizeBytes ? sizeBytes : frameSize(bytes, place);
      if (left < size) return bytes.subarray(place);
      const message = decodeFrame(bytes.subarray(place, place + size));
      place += size;
      this.#onMessage(message);
    }
  }

  /** Copies what belongs to the frame that has begun, and returns what follows it. */
  #fill(bytes: Buffer): Buffer {
    const copied = bytes.copy(this.#frame, this.#filled);
    this.#filled += copied;
    if (this.#filled === sizeBytes) {
      const header = this.#frame;
      this.#frame = Buffer.allocUnsafe(frameSize(header, 0));
      header.copy(this.#frame);
    } else if (this.#filled === this.#frame.length) {
      const whole = this.#frame;
      this.#frame = Buffer.allocUnsafe(sizeBytes);
      this.#filled = 0;
      this.#read(whole);
    }
    return bytes.subarray(copied);
  }
}

/** How many bytes a frame takes, by its header. */
function frameSize(bytes: Buffer, place: number): number {
  return sizeBytes + bytes.readUInt32LE(place);
}

function decodeFrame(frame: Buffer): unknown {
  const textEnd = headBytes + frame.readUInt32LE(sizeBytes);
  const text = frame.toString("utf8", headBytes, textEnd);
  const attachments: Buffer[] = [];
  for (let place = aligned(textEnd); place < frame.length;) {
    const start = place + headBytes;
    const end = start + frame.readUInt32LE(place);
    attachments.push(frame.subarray(start, end));
    place = aligned(end);
  }
  return joinMessage(text, attachments);
}
