import type { OutputSegment, OutputStream } from "../model/output.ts";
import { segmentBytes } from "./output-head.ts";
import { endWithin } from "./text-bytes.ts";

interface Segment {
  readonly stream: OutputStream;
  text: string;
  bytes: number;
}

/** The end of an output, and how many bytes before it are missing. */
interface OutputEnd {
  readonly segments: readonly OutputSegment[];
  readonly omittedBytes: number;
}

/** The last bytes of an output that goes on and on. It holds at most twice its limit in memory. */
export class OutputTail {
  readonly #limit: number;
  #segments: Segment[] = [];
  #size = 0;
  #omittedBytes = 0;

  /** @param limit how many bytes it keeps; a segment counts `segmentBytes` beyond its text */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The bytes that it holds, as they count. */
  get size(): number {
    return this.#size;
  }

  add(stream: OutputStream, text: string): void {
    if (text === "") return;
    const bytes = Buffer.byteLength(text);
    const last = this.#segments.at(-1);
    if (last?.stream === stream) {
      last.text += text;
      last.bytes += bytes;
      this.#size += bytes;
    } else {
      this.#segments.push({ stream, text, bytes });
      this.#size += bytes + segmentBytes;
    }
    if (this.#size > 2 * this.#limit) this.#trim();
  }

  /** Bytes are missing between what was added and what follows: only what follows is the end. */
  skip(bytes: number): void {
    this.#omittedBytes += bytes;
    for (const segment of this.#segments) this.#omittedBytes += segment.bytes;
    this.#segments = [];
    this.#size = 0;
  }

  /** What it holds, cut to the limit. */
  read(): OutputEnd {
    this.#trim();
    const segments = this.#segments.map(({ stream, text }) => ({ stream, text }));
    return { segments, omittedBytes: this.#omittedBytes };
  }

  /** What it holds, cut to the limit; it begins anew. */
  take(): OutputEnd {
    const taken = this.read();
    this.#segments = [];
    this.#size = 0;
    this.#omittedBytes = 0;
    return taken;
  }

  #trim(): void {
    let dropped = 0;
    for (const segment of this.#segments) {
      const excess = this.#size - this.#limit;
      if (excess <= 0) break;
      const kept = segment.bytes - excess;
      if (kept > 0) {
        this.#shorten(segment, kept);
        break;
      }
      dropped += 1;
      this.#size -= segment.bytes + segmentBytes;
      this.#omittedBytes += segment.bytes;
    }
    if (dropped > 0) this.#segments = this.#segments.slice(dropped);
  }

  #shorten(segment: Segment, limit: number): void {
    const { text, bytes } = endWithin(segment.text, limit);
    this.#omittedBytes += segment.bytes - bytes;
    this.#size -= segment.bytes - bytes;
    segment.text = text;
    segment.bytes = bytes;
  }
}
