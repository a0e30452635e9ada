import { outputStreams, type OutputStream } from "../../model/output.ts";
import { OutputBuffer, type OutputSink } from "./output-buffer.ts";

/** The capture of a process's or thread's standard output and error. */
export interface CapturedStreams {
  /**
   * Sends what was written until now, before whatever is told next. What is left of a character becomes
   * U+FFFD. What is written from now on is another output.
   */
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
  const callbacks = new WriteCallbacks();
  stream.write = (
    chunk: Uint8Array | string,
    encoding?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean => {
    const done = typeof encoding === "function" ? encoding : callback;
    buffer.add(name, chunk, typeof encoding === "string" ? encoding : "utf8");
    if (typeof done === "function") callbacks.add(done);
    return true;
  };
  return () => {
    if (own === undefined) Reflect.deleteProperty(stream, "write");
    else Object.defineProperty(stream, "write", own);
  };
}

/**
 * Calls back after writes, in order. `console` passes the same callback each time: it is counted, so that
 * code that writes without end does not fill its memory with them.
 */
class WriteCallbacks {
  #waiting: { readonly callback: WriteCallback; count: number }[] = [];

  add(callback: WriteCallback): void {
    const last = this.#waiting.at(-1);
    if (last?.callback === callback) last.count += 1;
    else if (this.#waiting.push({ callback, count: 1 }) === 1) process.nextTick(() => this.#call());
  }

  #call(): void {
    const called = this.#waiting;
    this.#waiting = [];
    for (const { callback, count } of called) for (let i = 0; i < count; i += 1) callback(null);
  }
}
