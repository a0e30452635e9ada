import type { Worker } from "node:worker_threads";
import type { ThreadProcesses } from "./thread-processes.ts";

/** How long the exit of this process waits for its threads. */
const graceMs = 1000;
const pollMs = 2;

interface RunningThread {
  readonly worker: Worker;
  readonly processes: ThreadProcesses;
}

const running = new Set<RunningThread>();

/**
 * Has a thread, and what it started, ended when this process exits while it runs: the process would wait for
 * ever for a thread that waits for a process. The returned function is for when the thread is gone.
 */
export function endThreadsAtExit(thread: RunningThread): () => void {
  if (running.size === 0) process.once("exit", endAll);
  running.add(thread);
  return () => {
    running.delete(thread);
    if (running.size === 0) process.off("exit", endAll);
  };
}

function endAll(): void {
  // First, lest their code goes on when what it waits for is over.
  for (const { worker } of running) void worker.terminate();
  const nap = new Int32Array(new SharedArrayBuffer(4));
  const since = performance.now();
  for (;;) {
    const waitedMs = performance.now() - since;
    for (const { processes } of running) processes.end({ all: waitedMs > graceMs / 2 });
    if (waitedMs > graceMs || ![...running].some(({ processes }) => processes.isThreadThere))
      return;
    Atomics.wait(nap, 0, 0, pollMs);
  }
}
