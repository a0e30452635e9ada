import { availableParallelism, hostname } from "node:os";
import type {
  Executor,
  WorkerHandle,
  WorkerHost,
  WorkerListener,
  WorkerSettings,
} from "../executor.ts";
import { ProcessPool } from "../transport/process-pool.ts";
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
    open: (settings) => new ProcessHost(settings, workers),
  };
}

class ProcessHost implements WorkerHost {
  readonly #load: Buffer;
  readonly #pool: ProcessPool;

  constructor(settings: WorkerSettings, workers: number) {
    const { memoryMb } = settings;
    this.#load = loadFrame(settings);
    const entry = "execution/worker/process-main.js";
    this.#pool = new ProcessPool({ entry, memoryMb }, Math.min(workers, availableParallelism()));
  }

  launch(listener: WorkerListener): WorkerHandle {
    const worker = this.#pool.take({
      onBytes: hearFrames(listener),
      onOutput: (text, stream) => listener.onOutput(text, stream),
      onExit: (error) => listener.onExit(error),
    });
    worker.write(this.#load);
    return {
      name: `${hostname()}:${String(worker.pid ?? 0)}`,
      post: (message) => worker.write(frameFor(message)),
      terminate: async () => await worker.terminate(),
      isStopped: async () => await worker.isStopped(),
    };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
