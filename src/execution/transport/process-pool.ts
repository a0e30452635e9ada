import { WorkerProcess, type ProcessListener, type ProcessOptions } from "./worker-process.ts";

/**
 * Worker processes, of which so many are started before anybody has a use for them: a process takes longer to
 * start than to load most programs, and what it is to run is known only when the first one has loaded it.
 */
export class ProcessPool {
  readonly #options: ProcessOptions;
  readonly #spares = new Set<SpareProcess>();

  constructor(options: ProcessOptions, spares: number) {
    this.#options = options;
    for (let i = 0; i < spares; i += 1) this.#startSpare();
  }

  /** A process that waits for its program. */
  take(listener: ProcessListener): WorkerProcess {
    const [spare] = this.#spares;
    if (spare === undefined) return new WorkerProcess(this.#options, listener);
    this.#spares.delete(spare);
    return spare.take(listener);
  }

  /** Ends those that nobody took. */
  async close(): Promise<void> {
    const left = [...this.#spares];
    this.#spares.clear();
    await Promise.all(left.map(async (spare) => await spare.terminate()));
  }

  #startSpare(): void {
    // One that is lost is not missed: the next one that is needed is started then.
    const spare = new SpareProcess(this.#options, () => this.#spares.delete(spare));
    this.#spares.add(spare);
  }
}

class SpareProcess {
  readonly #process: WorkerProcess;
  #listener: ProcessListener | undefined;
  /** What was written before there was anybody to hear it. */
  #early: Parameters<ProcessListener["onOutput"]>[] = [];

  constructor(options: ProcessOptions, onLost: () => void) {
    this.#process = new WorkerProcess(options, {
      onBytes: (bytes) => this.#listener?.onBytes(bytes),
      onOutput: (...heard) => {
        if (this.#listener === undefined) this.#early.push(heard);
        else this.#listener.onOutput(...heard);
      },
      onExit: (error) => {
        if (this.#listener === undefined) onLost();
        else this.#listener.onExit(error);
      },
    });
  }

  take(listener: ProcessListener): WorkerProcess {
    this.#listener = listener;
    for (const heard of this.#early) listener.onOutput(...heard);
    this.#early = [];
    return this.#process;
  }

  async terminate(): Promise<void> {
    await this.#process.terminate();
  }
}
