import type { Worker } from "node:worker_threads";
import type { TrialError } from "../../model/trial.ts";
import type { ProcessNews } from "../worker/started-processes.ts";
import { toTrialError } from "../worker/trial-error.ts";
import { RingReader } from "./ring.ts";
import { endThreadsAtExit } from "./exit-threads.ts";
import { takeThread, type ThreadOptions } from "./spare-thread.ts";
import { StoreExchange, type StoreAnswer, type StoreQuestion } from "./store-exchange.ts";
import { ThreadProcesses } from "./thread-processes.ts";

/** Code that is stuck outside of JavaScript cannot be ended; then the thread is left behind. */
const terminateMs = 5000;
/** How often it is looked for processes that a thread which shall end waits for, and when for all of them. */
const pollMs = 100;
const patientMs = 500;

/** What is heard of a thread. */
export interface ThreadListener {
  /** Bytes of its messages, in order; of use until it returns. */
  onBytes(bytes: Buffer): void;
  /** What was written past the capture of its output. */
  onOutput(text: string, stream: "stdout" | "stderr"): void;
  /** The thread is gone without having been asked, and this is why. */
  onExit(error: TrialError): void;
}

/** A running thread. */
export interface ThreadLink {
  post(frame: Uint8Array): void;
  terminate(): Promise<void>;
}

/** The worker threads of one process, which share a store. */
export class ThreadGroup {
  readonly #stores: StoreExchange;
  readonly #options: ThreadOptions;

  constructor(threads: number, options: Omit<ThreadOptions, "threads"> = {}) {
    this.#stores = new StoreExchange(threads);
    this.#options = { ...options, threads };
  }

  launch(listener: ThreadListener): ThreadLink {
    const started = takeThread(this.#options);
    const { worker } = started;
    const client = { answer: (answer: StoreAnswer) => worker.postMessage(answer) };
    const reader = new RingReader(started.ring);
    const take = (bytes: Buffer): void => listener.onBytes(bytes);
    const drain = (): void => {
      // Others have a turn before what was written meanwhile.
      if (reader.read(take)) setImmediate(drain);
    };
    const processes = new ThreadProcesses(started.task);
    const leave = endThreadsAtExit({ worker, processes });
    let isEnding = false;
    let failure: TrialError | undefined;
    worker.on("message", (message: StoreQuestion | ProcessNews | null) => {
      if (message === null) drain();
      else if ("process" in message) processes.hear(message);
      else this.#stores.ask(client, message);
    });
    worker.on("error", (error: unknown) => {
      failure = toFailure(error, this.#options.memoryMb);
    });
    worker.on("exit", (code) => {
      this.#stores.leave(client);
      leave();
      processes.end();
      if (isEnding) return;
      while (reader.read(take)) continue;
      const message = `The code called process.exit: the worker thread ended with exit code ${String(code)}`;
      listener.onExit(failure ?? { cause: "error", message });
    });
    for (const stream of ["stdout", "stderr"] as const) {
      worker[stream].setEncoding("utf8").on("data", (text: string) => {
        listener.onOutput(text, stream);
      });
    }
    return {
      post: (frame) => worker.postMessage(frame),
      terminate: async () => {
        isEnding = true;
        await terminate(worker, processes);
      },
    };
  }
}

/** Ends a thread, also one that waits for a process: nothing but the end of that lets go of it. */
async function terminate(worker: Worker, processes: ThreadProcesses): Promise<void> {
  const ended = worker.terminate();
  // Its code does not go on by now, whatever becomes of what it waits for.
  processes.end();
  const since = performance.now();
  const poll = setInterval(() => {
    processes.end({ all: performance.now() - since > patientMs });
  }, pollMs);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, terminateMs);
  });
  await Promise.race([ended, late]);
  clearTimeout(timer);
  clearInterval(poll);
  worker.unref();
}

/** What ended a thread from inside: its memory, or an error that nothing caught. */
function toFailure(error: unknown, memoryMb: number | undefined): TrialError {
  const { message, stack } = toTrialError(error);
  if (error instanceof Error && Reflect.get(error, "code") === "ERR_WORKER_OUT_OF_MEMORY") {
    const limit = memoryMb === undefined ? "" : ` (limit: ${String(memoryMb)} MB)`;
    return { cause: "memory", message: `The worker thread ran out of memory${limit}` };
  }
  const failure = { cause: "error", message: `Nothing caught: ${message}` } as const;
  return stack === undefined ? failure : { ...failure, stack };
}
