import { Worker, type WorkerOptions } from "node:worker_threads";
import { builtFile } from "../../util/own-package.ts";
import { threadArguments } from "../thread-arguments.ts";
import { markedEnvironment } from "./orphan-watch.ts";
import { createRing } from "./ring.ts";

/** A thread, and the ring by which it is heard. */
export interface WorkerThread {
  readonly worker: Worker;
  readonly ring: SharedArrayBuffer;
  readonly task: Int32Array;
}

/** What a worker thread is started with. */
export interface ThreadData {
  readonly ring: SharedArrayBuffer;
  /** Where it writes its number in the system, if that has one. */
  readonly task: Int32Array;
  readonly isRelayed: boolean;
}

export interface ThreadOptions {
  /** The size of the heap that the thread may have. */
  readonly memoryMb?: number | undefined;
  /** The variables that its code finds, and what that starts. Default: those of this process. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** How many threads there are to be. Default 1. */
  readonly threads?: number;
  /** Whether this process passes on what the thread says. Default false. */
  readonly isRelayed?: boolean;
}

let spare: WorkerThread | undefined;

/**
 * Starts a worker thread that nobody has a use for yet. A thread takes longer to start than all else that
 * precedes a run, so whoever knows that there will be a run starts one first.
 */
export function startSpareThread(): void {
  if (spare !== undefined) return;
  spare = startThread({ environment: markedEnvironment() });
  spare.worker.unref();
}

/** A worker thread that waits for its program: the spare one, if there is one and its memory has no limit. */
export function takeThread(options: ThreadOptions): WorkerThread {
  if (spare === undefined || options.memoryMb !== undefined) return startThread(options);
  const thread = spare;
  spare = undefined;
  thread.worker.ref();
  return thread;
}

function startThread(wanted: ThreadOptions): WorkerThread {
  const { memoryMb, environment, threads, isRelayed = false } = wanted;
  const ring = createRing(threads);
  const task = new Int32Array(new SharedArrayBuffer(4));
  const options: WorkerOptions = {
    ...threadArguments(),
    workerData: { ring, task, isRelayed } satisfies ThreadData,
    stdout: true,
    stderr: true,
  };
  if (environment !== undefined) options.env = environment;
  if (memoryMb !== undefined) options.resourceLimits = { maxOldGenerationSizeMb: memoryMb };
  const worker = new Worker(builtFile("execution/worker/thread-main.js"), options);
  return { worker, ring, task };
}
