import type { OutputStream } from "../model/output.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { tailPart, type OutputReport } from "../storage/output.ts";
import { encodeValue } from "../values/encode.ts";
import { OutputHead } from "./output-head.ts";
import { OutputTail } from "./output-tail.ts";

/** How many bytes of the beginning and of the end of an attempt's output are kept. */
const headBytes = 64 * 1024;
const tailBytes = 64 * 1024;
/** How often the beginning of a running trial's output is written on, and its end is written again. */
const headEveryMs = 1000;
const tailEveryMs = 2000;

/**
 * Makes reports of what the running trials write: the beginning as it comes, and then the end, again and
 * again. Nothing is held for a trial that writes nothing.
 */
export class OutputCapture {
  readonly #report: (report: OutputReport) => void;
  readonly #running = new Map<ClaimedTrial, CapturedOutput>();

  constructor(report: (report: OutputReport) => void) {
    this.#report = report;
  }

  /** A running trial wrote something; `omittedBytes` before it were left out on the way. */
  add(trial: ClaimedTrial, stream: OutputStream, text: string, omittedBytes = 0): void {
    if (text === "") return;
    let captured = this.#running.get(trial);
    if (captured === undefined) {
      captured = new CapturedOutput(trial, this.#report);
      this.#running.set(trial, captured);
    }
    captured.add(stream, text, omittedBytes);
  }

  /** The attempt is over: reports what is left, before its end is reported. */
  end(trial: ClaimedTrial): void {
    this.#running.get(trial)?.report();
    this.#running.delete(trial);
  }
}

/** The output of one attempt. */
class CapturedOutput {
  readonly #trial: ClaimedTrial;
  readonly #send: (report: OutputReport) => void;
  readonly #head = new OutputHead(headBytes);
  #parts = 0;
  #tail: OutputTail | undefined;
  #isTailChanged = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(trial: ClaimedTrial, send: (report: OutputReport) => void) {
    this.#trial = trial;
    this.#send = send;
  }

  add(stream: OutputStream, text: string, omittedBytes: number): void {
    if (omittedBytes > 0) {
      this.#head.close();
      this.#tail ??= new OutputTail(tailBytes);
      this.#tail.skip(omittedBytes);
    }
    const rest = this.#head.add(stream, text);
    if (rest !== "") {
      this.#tail ??= new OutputTail(tailBytes);
      this.#tail.add(stream, rest);
      this.#isTailChanged = true;
    }
    const delayMs = this.#tail === undefined ? headEveryMs : tailEveryMs;
    this.#timer ??= setTimeout(() => this.report(), delayMs).unref();
  }

  /** Reports what has not been reported. */
  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const segments = this.#head.take();
    const base = { kind: "output", trial: this.#trial } as const;
    if (segments.length > 0) {
      this.#send({ ...base, part: this.#parts, segments: encodeValue(segments) });
      this.#parts += 1;
    }
    if (this.#tail === undefined || !this.#isTailChanged) return;
    this.#isTailChanged = false;
    const { segments: last, omittedBytes } = this.#tail.read();
    this.#send({ ...base, part: tailPart, segments: encodeValue(last), omittedBytes });
  }
}
