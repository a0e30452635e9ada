import type { OutputSegment, OutputStream } from "../model/output.ts";
import { beginningWithin } from "./text-bytes.ts";

/** What a segment counts beyond its text, so that one who changes streams at every character stays in bounds. */
export const segmentBytes = 32;

/** The first bytes of an output, to be taken piece by piece as they come. */
export class OutputHead {
  #room: number;
  #segments: { readonly stream: OutputStream; text: string }[] = [];
  #stream: OutputStream | undefined;
  #isFull = false;

  /** @param limit how many bytes it keeps; a change of stream counts `segmentBytes` beyond the text */
  constructor(limit: number) {
    this.#room = limit;
  }

  /** Adds a text, and returns what there is no room for. */
  add(stream: OutputStream, text: string): string {
    if (this.#isFull) return text;
    if (stream !== this.#stream) this.#room -= segmentBytes;
    this.#stream = stream;
    const { length, bytes } = beginningWithin(text, Math.max(0, this.#room));
    this.#room -= bytes;
    this.#isFull = length < text.length;
    const fitting = text.slice(0, length);
    const last = this.#segments.at(-1);
    if (last?.stream === stream) last.text += fitting;
    else if (fitting !== "") this.#segments.push({ stream, text: fitting });
    return text.slice(length);
  }

  /** Bytes are missing after what was added: nothing that follows belongs to the beginning. */
  close(): void {
    this.#isFull = true;
  }

  /** What was added since it was taken last. */
  take(): readonly OutputSegment[] {
    const taken = this.#segments;
    this.#segments = [];
    return taken;
  }
}
