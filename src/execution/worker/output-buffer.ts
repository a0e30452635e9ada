import { StringDecoder } from "node:string_decoder";
import { outputStreams, type OutputStream } from "../../model/output.ts";
import { segmentBytes } from "../output-head.ts";
import { OutputTail } from "../output-tail.ts";
import { beginningWithin } from "../text-bytes.ts";

/** What is written waits at most so long, and at most so many bytes of it, to be sent. */
const windowMs = 20;
const maxHeldBytes = 16 * 1024;
/**
 * So many writes within a window are sent at once: the last words of code that then blocks the thread, or is
 * ended with it, would never be sent by a timer.
 */
const promptWrites = 8;
/**
 * So many bytes are sent within a window. Of more, as many of the last are sent with the next window: code
 * that writes without end, and never hears that it should stop, would fill the coordinator's memory.
 */
const maxWindowBytes = 128 * 1024;

/** Hears what is written; `omittedBytes` before it were left out. */
export type OutputSink = (stream: OutputStream, text: string, omittedBytes: number) => void;

/** Collects what is written, so that many small writes travel together. */
export class OutputBuffer {
  readonly #sink: OutputSink;
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #held = new OutputTail(maxWindowBytes);
  #timer: NodeJS.Timeout | undefined;
  /** The window, and what was written and sent within it. */
  #since = -Infinity;
  #writes = 0;
  #sentBytes = 0;
  /** Whether nothing was written since the last `flush`. */
  #isFlushed = true;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  add(stream: OutputStream, chunk: unknown, encoding: BufferEncoding): void {
    this.#isFlushed = false;
    const text = this.#decode(stream, chunk, encoding);
    if (text === "") return;
    const now = performance.now();
    if (now - this.#since >= windowMs) this.#startWindow(now);
    this.#writes += 1;
    this.#hold(stream, text);
    if (this.#isFull) this.#wait();
    else if (this.#held.size >= maxHeldBytes || this.#writes <= promptWrites) this.#send();
    else this.#wait();
  }

  flush(): void {
    // Twice in every trial, most of which write nothing.
    if (this.#isFlushed) return;
    this.#isFlushed = true;
    for (const stream of outputStreams) this.#hold(stream, this.#decoders[stream].end());
    this.#send();
    // What follows is another trial's, whose first words do not wait for the last ones of this.
    this.#startWindow(-Infinity);
  }

  /** Whether no more is to be sent within the window. */
  get #isFull(): boolean {
    return this.#sentBytes >= maxWindowBytes;
  }

  #startWindow(now: number): void {
    this.#since = now;
    this.#writes = 0;
    this.#sentBytes = 0;
  }

  /** Adds to what is held. What may still be sent within the window is sent before something is left out. */
  #hold(stream: OutputStream, text: string): void {
    const room = maxWindowBytes - this.#sentBytes - this.#held.size - segmentBytes;
    // A unit takes at most three bytes.
    if (this.#isFull || text.length * 3 <= room) this.#held.add(stream, text);
    else {
      const { length } = beginningWithin(text, Math.max(0, room));
      this.#held.add(stream, text.slice(0, length));
      if (length === text.length) return;
      this.#send();
      this.#sentBytes = maxWindowBytes;
      this.#held.add(stream, text.slice(length));
    }
  }

  #decode(stream: OutputStream, chunk: unknown, encoding: BufferEncoding): string {
    const decoder = this.#decoders[stream];
    if (chunk instanceof Uint8Array) return decoder.write(chunk);
    if (typeof chunk !== "string") {
      throw new TypeError(
        `The chunk that is written must be a string or a Uint8Array, got ${chunk === null ? "null" : typeof chunk}`,
      );
    }
    if (/^utf-?8$/i.test(encoding)) return decoder.end() + chunk;
    return decoder.write(Buffer.from(chunk, encoding));
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => {
      this.#startWindow(performance.now());
      this.#send();
    }, windowMs).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.size === 0) return;
    this.#sentBytes += this.#held.size;
    const { segments, omittedBytes } = this.#held.take();
    for (const [i, { stream, text }] of segments.entries()) {
      this.#sink(stream, text, i === 0 ? omittedBytes : 0);
    }
  }
}
