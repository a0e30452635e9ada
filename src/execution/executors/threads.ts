import { hostname } from "node:os";
import type { Executor, WorkerHandle, WorkerListener } from "../executor.ts";
import { markedEnvironment, watchGroup } from "../transport/orphan-watch.ts";
import { ThreadGroup } from "../transport/thread-group.ts";
import { frameFor, hearFrames, loadFrame } from "./framed-worker.ts";
import { checkCount } from "./worker-count.ts";

/**
 * Trials on worker threads of this process.
 * @param workers how many at a time, 1 to 1024
 * @throws `USAGE` for another number
 */
export function threads(workers: number): Executor {
  return threadExecutor("threads", checkCount("workers", workers));
}

/** One trial at a time, in one worker thread: trials cannot block leases, and limits are enforced from outside. */
export function serial(): Executor {
  return threadExecutor("serial", 1);
}

function threadExecutor(name: string, workers: number): Executor {
  return {
    name,
    workers,
    isInline: false,
    open(settings) {
      const load = loadFrame(settings);
      const { memoryMb } = settings;
      const group = new ThreadGroup(workers, { memoryMb, environment: markedEnvironment() });
      watchGroup();
      return { launch: (listener) => launch(group, load, listener) };
    },
  };
}

let launched = 0;

function launch(group: ThreadGroup, load: Buffer, listener: WorkerListener): WorkerHandle {
  const link = group.launch({
    onBytes: hearFrames(listener),
    onOutput: (text, stream) => listener.onOutput(text, stream),
    onExit: (error) => listener.onExit(error),
  });
  link.post(load);
  launched += 1;
  return {
    name: `${hostname()}:${String(process.pid)}/thread-${String(launched)}`,
    post: (message) => link.post(frameFor(message)),
    terminate: async () => await link.terminate(),
  };
}
