import { hostname } from "node:os";
import type { Executor, WorkerHandle, WorkerListener, WorkerSettings } from "../executor.ts";
import { WorkerProcess } from "../transport/worker-process.ts";
import { frameFor, hearFrames, loadFrame } from "./framed-worker.ts";
import { checkCount } from "./worker-count.ts";

/**
 * Trials on worker processes of this machine, each on the main thread of its own process.
 * @param workers how many at a time, 1 to 1024
 * @throws `USAGE` for another number
 */
export function processes(workers: number): Executor {
  checkCount("workers", workers);
  return {
    name: "processes",
    workers,
    isInline: false,
    open(settings) {
      const load = loadFrame(settings);
      return { launch: (listener) => launch(settings, load, listener) };
    },
  };
}

function launch(
  { memoryMb }: WorkerSettings,
  load: Buffer,
  listener: WorkerListener,
): WorkerHandle {
  const worker = new WorkerProcess(
    { entry: "execution/worker/process-main.js", memoryMb },
    {
      onBytes: hearFrames(listener),
      onOutput: (text, stream) => listener.onOutput(text, stream),
      onExit: (error) => listener.onExit(error),
    },
  );
  worker.write(load);
  return {
    name: `${hostname()}:${String(worker.pid ?? 0)}`,
    post: (message) => worker.write(frameFor(message)),
    terminate: async () => await worker.terminate(),
    isStopped: async () => await worker.isStopped(),
  };
}
