import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { builtFile } from "../../util/own-package.ts";
import { threadArguments } from "../thread-arguments.ts";
import { watchedArgument } from "../transport/watched-argument.ts";
import { endGroup } from "./end-group.ts";

/** Where a worker process answers its parent. */
const answers = 4;
const full = new Int32Array(new SharedArrayBuffer(4));

/** Writes bytes to the parent; done when it returns. Without a parent there is nothing left to do. */
export function writeAll(bytes: Uint8Array): void {
  for (let place = 0; place < bytes.length;) {
    try {
      place += writeSync(answers, bytes, place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") endGroup();
      // The pipe is full.
      Atomics.wait(full, 0, 0, 1);
    }
  }
}

/** When a process that is watched from outside looks after its parent as well. */
const watchedMs = 1000;

/**
 * Has this process, and all that it started, end when its parent does; in a thread that user code cannot block. The
 * first trial would wait some 45 ms for that to start, so a process that is watched starts it later. What says so is
 * taken from the arguments, which are read by others.
 */
export function endWithParent(): void {
  if (process.argv.at(-1) !== watchedArgument) {
    startLifeline();
    return;
  }
  process.argv.pop();
  setTimeout(startLifeline, watchedMs).unref();
}

function startLifeline(): void {
  const thread = new Worker(builtFile("execution/worker/lifeline-main.js"), threadArguments());
  thread.unref();
}
