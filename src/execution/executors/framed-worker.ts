import { AssayError } from "../../errors/assay-error.ts";
import type { Program, WorkerListener, WorkerSettings } from "../executor.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import { encodeFrame, FrameReader } from "../transport/frames.ts";

/** Has the bytes that a worker sends heard as messages. */
export function hearFrames(listener: WorkerListener): (bytes: Buffer) => void {
  // Both ends are this package: what arrives is what the other end was given.
  const reader = new FrameReader((message) => listener.onMessage(message as FromWorker));
  return (bytes) => reader.push(bytes);
}

/** The bytes of a message to a worker. */
export function frameFor(message: ToWorker): Buffer {
  return encodeFrame(message);
}

/** The first frame that a worker is sent. `UNSUPPORTED` for a program that only this process has. */
export function loadFrame({ program, maxAhead }: WorkerSettings): Buffer {
  return frameFor({ type: "load", program: portable(program), maxAhead });
}

function portable(program: Program): Extract<ToWorker, { type: "load" }>["program"] {
  if (program.kind !== "object") return program;
  throw new AssayError(
    "UNSUPPORTED",
    'Only the executor "inline" runs an experiment that is an object; pass the path of its file to execute',
  );
}
