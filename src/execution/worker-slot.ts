import type { ErrorData } from "../errors/assay-error.ts";
import type { OutputStream } from "../model/output.ts";
import type { TrialError } from "../model/trial.ts";
import type { WorkerHandle, WorkerHost } from "./executor.ts";
import type { FromWorker, ToRunner } from "./protocol.ts";

/** A worker that is lost so often before its first trial would be lost again. */
const maxEarlyLosses = 3;

export interface WorkerSlotListener {
  /** What the worker says, except for that it asked for its first trials. */
  onMessage(message: FromWorker): void;
  /** The worker has loaded the code, and asks for so many trials. */
  onReady(trials: number): void;
  onOutput(text: string, stream: OutputStream): void;
  /** The worker is gone without having been asked, after its first trial or killed. */
  onLost(error: TrialError): void;
  /** The worker is gone and its successors would go the same way. */
  onUnusable(error: ErrorData): void;
}

/** Holds one worker at a time, started when it is needed; its successor takes its place. */
export class WorkerSlot {
  readonly #host: WorkerHost;
  readonly #listener: WorkerSlotListener;
  #worker: WorkerHandle | undefined;
  /** Counts workers: what a worker says after it was replaced is not heard. */
  #generation = 0;
  /** Whether the worker has loaded the code and asked for trials, and whether it has run one. */
  #isReady = false;
  #hasStarted = false;
  #earlyLosses = 0;
  /** What it said of its end. */
  #crash: TrialError | undefined;
  #isClosed = false;

  constructor(host: WorkerHost, listener: WorkerSlotListener) {
    this.#host = host;
    this.#listener = listener;
  }

  get name(): string {
    return this.#worker?.name ?? "";
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether the worker has told of the start of a trial: then it has loaded its code and set up. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  async isStopped(): Promise<boolean> {
    return (await this.#worker?.isStopped?.()) ?? false;
  }

  /** Starts the worker, unless it is there. */
  open(): void {
    this.#worker ??= this.#launch();
  }

  /** Says something to the worker; nothing is said to one that is not ready. */
  post(message: ToRunner): void {
    if (this.#isReady) this.#worker?.post(message);
  }

  /** Ends the worker, whatever it does. Resolves when it is gone; false when the slot was closed meanwhile. */
  async end(): Promise<boolean> {
    this.#generation += 1;
    this.#isReady = false;
    const worker = this.#worker;
    await worker?.terminate();
    if (this.#worker === worker) this.#worker = undefined;
    return !this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #launch(): WorkerHandle {
    this.#isReady = false;
    this.#hasStarted = false;
    this.#crash = undefined;
    this.#generation += 1;
    const generation = this.#generation;
    return this.#host.launch({
      onMessage: (message) => {
        if (generation === this.#generation) this.#receive(message);
      },
      onExit: (error) => {
        if (generation === this.#generation && !this.#isClosed) this.#lost(this.#crash ?? error);
      },
      onOutput: (text, stream) => this.#listener.onOutput(text, stream),
    });
  }

  #receive(message: FromWorker): void {
    if (message.type === "crashed") {
      this.#crash = message.error;
      return;
    }
    if (message.type === "moved") {
      if (!this.#isReady) {
        this.#isReady = true;
        this.#listener.onReady(message.pull ?? 1);
        return;
      }
      if (message.started !== undefined) {
        this.#hasStarted = true;
        this.#earlyLosses = 0;
      }
    }
    this.#listener.onMessage(message);
  }

  #lost(error: TrialError): void {
    const wasReady = this.#isReady;
    this.#worker = undefined;
    this.#isReady = false;
    if (!this.#hasStarted) {
      this.#earlyLosses += 1;
      // What was killed may be started again; what ended by itself would end again.
      if (error.cause !== "lost" || this.#earlyLosses >= maxEarlyLosses) {
        this.#listener.onUnusable(unusable(error, wasReady));
        return;
      }
    }
    // It has yet to say what the experiment is; nothing else would have another worker started.
    if (!wasReady) this.open();
    this.#listener.onLost(error);
  }
}

function unusable({ message, stack }: TrialError, hadLoaded: boolean): ErrorData {
  const data = hadLoaded
    ? ({ code: "SETUP_FAILED", message: `Before its first trial: ${message}` } as const)
    : ({ code: "INVALID_FILE", message: `While the file was imported: ${message}` } as const);
  return { ...data, details: {}, ...(stack === undefined ? {} : { stack }) };
}
