import { toErrorData } from "../errors/assay-error.ts";
import type { TrialError } from "../model/trial.ts";
import type { ClaimedTrial, Lease } from "../storage/leases.ts";
import { leaseLost } from "../storage/trial-documents.ts";
import type { Executor, Program, WorkerHandle } from "./executor.ts";
import type { AbortCause, Ending, FromWorker, Reply, Task } from "./protocol.ts";

/** How long a trial that was asked to end may take before its worker is ended. */
const graceMs = 1000;
/** The longest time that a timer can be set to, in milliseconds; about 25 days. */
const longestTimerMs = 2 ** 31 - 1;

/** What a seat tells its coordinator. */
export interface SeatListener {
  onDescribed(message: Extract<FromWorker, { type: "described" }>): void;
  onUnusable(message: Extract<FromWorker, { type: "unusable" }>): void;
  onStarted(trial: ClaimedTrial, startedAt: number, worker: string): void;
  onMetrics(trial: ClaimedTrial, message: Extract<FromWorker, { type: "metrics" }>): void;
  /** A trial ended. `cause` is why it was asked to, if it was; `ending` is absent when its worker is gone. */
  onEnded(trial: ClaimedTrial, ending: Ending | undefined, cause: SeatCause | undefined): void;
  onRequest(
    trial: ClaimedTrial,
    message: Extract<FromWorker, { type: "request" }>,
    reply: (result: Reply) => void,
  ): void;
  onOutput(text: string): void;
}

/** Why a trial was made to end, or how its worker was lost. */
export type SeatCause =
  { readonly kind: AbortCause } | { readonly kind: "worker lost"; readonly error: TrialError };

interface Running {
  readonly id: string;
  /** Undefined when it was taken back while the worker already went on to it. */
  readonly trial: ClaimedTrial | undefined;
  cause?: SeatCause;
  limit?: NodeJS.Timeout;
  grace?: NodeJS.Timeout;
}

/**
 * A place where one trial at a time runs: a worker, what it was given, and its limits. When the worker is
 * lost or has to be ended, the next one takes its place and goes on with what was not started.
 */
export class Seat {
  readonly #executor: Executor;
  readonly #program: Program;
  readonly #listener: SeatListener;
  readonly #timeoutMs: number | undefined;
  readonly #toTask: (trial: ClaimedTrial) => Task;
  readonly #queue = new Map<string, ClaimedTrial>();
  #worker: WorkerHandle;
  #running: Running | undefined;
  /** Counts workers: what a worker says after it was replaced is not heard. */
  #generation = 0;
  /** Whether the worker has loaded the code, and whether it has run a trial. */
  #isReady = false;
  #hasMoved = false;
  #isClosed = false;

  constructor(
    executor: Executor,
    program: Program,
    listener: SeatListener,
    options: {
      readonly timeoutMs: number | undefined;
      readonly toTask: (trial: ClaimedTrial) => Task;
    },
  ) {
    this.#executor = executor;
    this.#program = program;
    this.#listener = listener;
    this.#timeoutMs = options.timeoutMs;
    this.#toTask = options.toTask;
    this.#worker = this.#launch();
  }

  get queued(): number {
    return this.#queue.size;
  }

  get isIdle(): boolean {
    return this.#running === undefined && this.#queue.size === 0;
  }

  /** The trials that the seat holds, running or not. */
  *held(): Generator<ClaimedTrial> {
    if (this.#running?.trial !== undefined) yield this.#running.trial;
    yield* this.#queue.values();
  }

  assign(trials: readonly ClaimedTrial[]): void {
    for (const trial of trials) this.#queue.set(trial.id, trial);
    if (this.#isReady) this.#worker.post({ type: "run", tasks: trials.map(this.#toTask) });
  }

  /** Asks a trial to end, and ends its worker after a grace; one that was not started is forgotten. */
  abort({ id, token }: Lease, cause: AbortCause): void {
    if (this.#running?.trial?.id === id && this.#running.trial.token === token) {
      this.#abortRunning(this.#running, cause);
    } else if (this.#queue.get(id)?.token === token) {
      this.#queue.delete(id);
      this.#worker.post({ type: "abort", id, cause });
    }
  }

  /** Takes back what was not started. */
  withdraw(): ClaimedTrial[] {
    this.#worker.post({ type: "drop" });
    const unstarted = [...this.#queue.values()];
    this.#queue.clear();
    return unstarted;
  }

  /** Takes back what was not started, and asks what runs to end. */
  interrupt(): ClaimedTrial[] {
    const unstarted = this.withdraw();
    if (this.#running !== undefined) this.#abortRunning(this.#running, "interrupted");
    return unstarted;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clearTimers();
    await this.#worker.terminate();
  }

  #launch(): WorkerHandle {
    this.#isReady = false;
    this.#hasMoved = false;
    this.#generation += 1;
    const generation = this.#generation;
    return this.#executor.launch(this.#program, {
      onMessage: (message) => {
        if (generation === this.#generation) this.#receive(message);
      },
      onExit: (error) => {
        if (generation === this.#generation) this.#lost(error);
      },
      onOutput: (text) => this.#listener.onOutput(text),
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "described":
        this.#isReady = true;
        this.#listener.onDescribed(message);
        if (this.#queue.size > 0) {
          const tasks = [...this.#queue.values()].map(this.#toTask);
          this.#worker.post({ type: "run", tasks });
        }
        return;
      case "unusable":
        this.#listener.onUnusable(message);
        return;
      case "moved":
        this.#hasMoved = true;
        if (message.ended !== undefined) this.#ended(message.ended);
        // Whatever followed from its end, to drop the rest perhaps, was posted before.
        if (message.ended?.status === "broken") this.#worker.post({ type: "continue" });
        if (message.started !== undefined) this.#started(message.started);
        return;
      case "metrics":
        if (this.#running?.trial?.id === message.id) {
          this.#listener.onMetrics(this.#running.trial, message);
        }
        return;
      case "request":
        this.#request(message);
        return;
      case "output":
        this.#listener.onOutput(`${message.text}\n`);
        return;
    }
  }

  #started({ id, at }: { readonly id: string; readonly at: number }): void {
    const trial = this.#queue.get(id);
    this.#queue.delete(id);
    const running: Running = { id, trial };
    this.#running = running;
    if (trial === undefined) {
      this.#abortRunning(running, "interrupted");
      return;
    }
    if (this.#timeoutMs !== undefined && this.#timeoutMs <= longestTimerMs) {
      running.limit = setTimeout(() => this.#abortRunning(running, "timeout"), this.#timeoutMs);
    }
    this.#listener.onStarted(trial, at, this.#worker.name);
  }

  #abortRunning(running: Running, cause: AbortCause): void {
    if (running.cause !== undefined) return;
    running.cause = { kind: cause };
    this.#worker.post({ type: "abort", id: running.id, cause });
    if (!this.#executor.isInline) {
      running.grace = setTimeout(() => void this.#replaceWorker(running), graceMs);
    }
  }

  #ended(ending: Ending): void {
    const running = this.#running;
    if (running?.id === ending.id) this.#leave(running, ending, running.cause);
  }

  /** Nothing runs any more; tells the coordinator how the trial ended. */
  #leave(running: Running, ending: Ending | undefined, cause: SeatCause | undefined): void {
    this.#clearTimers();
    this.#running = undefined;
    if (running.trial !== undefined) this.#listener.onEnded(running.trial, ending, cause);
  }

  #request(message: Extract<FromWorker, { type: "request" }>): void {
    const { id, request } = message;
    const worker = this.#worker;
    const reply = (result: Reply): void => {
      worker.post({ type: "reply", request, result });
    };
    if (this.#running?.trial?.id === id) {
      this.#listener.onRequest(this.#running.trial, message, reply);
    } else reply({ ok: false, error: toErrorData(leaseLost(id)) });
  }

  /** The worker ended by itself: with it the running trial. */
  #lost(error: TrialError): void {
    if (this.#isClosed) return;
    if (!this.#hasMoved) {
      this.#unusable(error);
      return;
    }
    const running = this.#running;
    this.#worker = this.#launch();
    if (running === undefined) return;
    this.#leave(running, undefined, running.cause ?? { kind: "worker lost", error });
  }

  /** A worker that ends before its first trial would do so again. */
  #unusable({ message, stack }: TrialError): void {
    const data = this.#isReady
      ? ({ code: "SETUP_FAILED", message: `Before its first trial: ${message}` } as const)
      : ({ code: "INVALID_FILE", message: `While the file was imported: ${message}` } as const);
    const error = { ...data, details: {}, ...(stack === undefined ? {} : { stack }) };
    this.#listener.onUnusable({ type: "unusable", error });
  }

  /** Ends the worker, and with it what it runs. Until it is gone, its trial is running. */
  async #replaceWorker(running: Running): Promise<void> {
    this.#generation += 1;
    this.#isReady = false;
    await this.#worker.terminate();
    if (this.#isClosed) return;
    this.#worker = this.#launch();
    this.#leave(running, undefined, running.cause);
  }

  #clearTimers(): void {
    clearTimeout(this.#running?.limit);
    clearTimeout(this.#running?.grace);
  }
}
