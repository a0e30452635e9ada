import { Worker } from "node:worker_threads";
import { builtFile } from "../../util/own-package.ts";
import { threadArguments } from "../thread-arguments.ts";

let spare: Worker | undefined;

/**
 * Starts a worker thread that nobody has a use for yet. A thread takes longer to start than all else that
 * precedes a run, so whoever knows that there will be a run starts one first.
 */
export function startSpareThread(): void {
  if (spare !== undefined) return;
  spare = startThread();
  spare.unref();
}

/** A worker thread that waits for its program: the spare one, if there is one. */
export function takeThread(): Worker {
  const thread = spare ?? startThread();
  spare = undefined;
  thread.ref();
  return thread;
}

function startThread(): Worker {
  const options = { ...threadArguments(), stdout: true, stderr: true };
  return new Worker(builtFile("execution/worker/thread-main.js"), options);
}
