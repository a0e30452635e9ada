import { Worker, type WorkerOptions } from "node:worker_threads";
import { builtFile } from "../../util/own-package.ts";
import { threadArguments } from "../thread-arguments.ts";
import { createRing } from "./ring.ts";

/** A thread, and the ring by which it is heard. */
export interface WorkerThread {
  readonly worker: Worker;
  readonly ring: SharedArrayBuffer;
}

/** What a worker thread is started with. */
export interface ThreadData {
  readonly ring: SharedArrayBuffer;
}

let spare: WorkerThread | undefined;

/**
 * Starts a worker thread that nobody has a use for yet. A thread takes longer to start than all else that
 * precedes a run, so whoever knows that there will be a run starts one first.
 */
export function startSpareThread(): void {
  if (spare !== undefined) return;
  spare = startThread();
  spare.worker.unref();
}

/** A worker thread that waits for its program: the spare one, if there is one. */
export function takeSpareThread(): WorkerThread {
  const thread = spare ?? startThread();
  spare = undefined;
  thread.worker.ref();
  return thread;
}

/** @param limits the size of the heap that a thread may have */
export function startThread(limits: { readonly memoryMb?: number } = {}): WorkerThread {
  const ring = createRing();
  const options: WorkerOptions = {
    ...threadArguments(),
    workerData: { ring } satisfies ThreadData,
    stdout: true,
    stderr: true,
  };
  if (limits.memoryMb !== undefined) {
    options.resourceLimits = { maxOldGenerationSizeMb: limits.memoryMb };
  }
  return { worker: new Worker(builtFile("execution/worker/thread-main.js"), options), ring };
}
