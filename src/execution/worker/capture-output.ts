import { StringDecoder } from "node:string_decoder";
import { outputStreams, type OutputStream } from "../../model/output.ts";

/** What is written waits at most so long, and at most so much of it, to be sent. */
const maxDelayMs = 20;
const maxLength = 16 * 1024;
/**
 * So many writes within `maxDelayMs` are sent at once: the last words of code that then blocks the thread,
 * or is ended with it, would never be sent by a timer.
 */
const promptWrites = 8;

/** Hears what is written to the process's streams. */
export type OutputSink = (stream: OutputStream, text: string) => void;

/** The capture of a process's or thread's standard output and error. */
export interface CapturedStreams {
  /** Sends what was written until now, before whatever is told next. What is left of a character becomes U+FFFD. */
  flush(): void;
  /** Sends what is left, and gives the streams their own `write` back. */
  release(): void;
}

/**
 * Sends what this process or thread writes to standard output and error to a sink, instead of to where the
 * streams lead. `console` writes there too; what other programs and native code write to the descriptors
 * does not pass here. What is written last before `process.exit` is sent too.
 */
export function captureOutput(sink: OutputSink): CapturedStreams {
  const buffer = new OutputBuffer(sink);
  const restore = outputStreams.map((name) => replaceWrite(name, buffer));
  const flush = (): void => buffer.flush();
  process.on("exit", flush);
  return {
    flush,
    release() {
      flush();
      process.off("exit", flush);
      for (const giveBack of restore) giveBack();
    },
  };
}

type WriteCallback = (error?: Error | null) => void;

/** Puts `write` of a stream aside; returns what gives it back. */
function replaceWrite(name: OutputStream, buffer: OutputBuffer): () => void {
  const stream = process[name];
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  stream.write = (
    chunk: Uint8Array | string,
    encoding?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean => {
    const done = typeof encoding === "function" ? encoding : callback;
    buffer.add(name, chunk, typeof encoding === "string" ? encoding : "utf8");
    if (typeof done === "function") process.nextTick(done, null);
    return true;
  };
  return () => {
    if (own === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", own);
  };
}

/** Collects what is written, so that many small writes travel together. */
class OutputBuffer {
  readonly #sink: OutputSink;
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  #segments: { readonly stream: OutputStream; text: string }[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  /** How many writes were sent at once since `#since`. */
  #prompt = 0;
  #since = -Infinity;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  add(stream: OutputStream, chunk: unknown, encoding: BufferEncoding): void {
    this.#append(stream, this.#decode(stream, chunk, encoding));
    if (this.#length === 0) return;
    if (this.#length >= maxLength || this.#isPrompt()) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), maxDelayMs).unref();
  }

  flush(): void {
    for (const stream of outputStreams) this.#append(stream, this.#decoders[stream].end());
    this.#send();
    // What follows may be another trial, whose first words are not to wait for the last of this one.
    this.#prompt = 0;
  }

  #isPrompt(): boolean {
    const now = performance.now();
    if (now - this.#since >= maxDelayMs) {
      this.#since = now;
      this.#prompt = 0;
    }
    this.#prompt += 1;
    return this.#prompt <= promptWrites;
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

  #append(stream: OutputStream, text: string): void {
    if (text === "") return;
    this.#length += text.length;
    const last = this.#segments.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.#segments.push({ stream, text });
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const segments = this.#segments;
    this.#segments = [];
    this.#length = 0;
    for (const { stream, text } of segments) this.#sink(stream, text);
  }
}
