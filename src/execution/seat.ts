import { toErrorData } from "../errors/assay-error.ts";
import type { ErrorData } from "../errors/assay-error.ts";
import type { OutputStream } from "../model/output.ts";
import type { TrialError } from "../model/trial.ts";
import type { ClaimedTrial, Lease } from "../storage/leases.ts";
import { leaseLost } from "../storage/trial-documents.ts";
import { AnswerWatch } from "./answer-watch.ts";
import type { WorkerHost } from "./executor.ts";
import type { WorkerActivity } from "./progress.ts";
import type { AbortCause, Ending, FromWorker, Reply, Task } from "./protocol.ts";
import type { SeatCause, SeatListener } from "./seat-listener.ts";
import { TrialLimits, type TrialLimitOptions } from "./trial-limits.ts";
import { WaitingTrials } from "./waiting-trials.ts";
import { WorkerSlot, type WorkerSlotListener } from "./worker-slot.ts";

/** How long a trial that was asked to end may take before its worker is ended. */
const graceMs = 1000;
/** Behind a trial that runs for so long nothing waits. */
const stallMs = 1000;

export interface SeatOptions extends TrialLimitOptions {
  readonly toTask: (trial: ClaimedTrial) => Task;
  /** Whether a worker can be ended while it runs a trial. */
  readonly canEndWorker: boolean;
}

interface Running {
  readonly id: string;
  /** Undefined when it was taken back while the worker already went on to it. */
  readonly trial: ClaimedTrial | undefined;
  /** When it began by the worker's clock, in milliseconds since 1970, and by the one of this thread. */
  readonly at: number;
  readonly since: number;
  cause?: SeatCause;
  grace?: NodeJS.Timeout;
}

/**
 * A place where one trial at a time runs: a worker, what it was given, and its limits. The worker is started
 * when there is something to run. When it is lost or has to be ended, the next one takes its place and goes
 * on with what was not started.
 */
export class Seat implements WorkerSlotListener {
  readonly #listener: SeatListener;
  readonly #options: SeatOptions;
  readonly #limits: TrialLimits;
  readonly #answers: AnswerWatch;
  readonly #queue = new WaitingTrials();
  readonly #worker: WorkerSlot;
  #running: Running | undefined;
  #isReplacing = false;
  /** How many more trials the worker asked for; a worker that is not there yet would ask for one. */
  #credit = 1;

  constructor(host: WorkerHost, listener: SeatListener, options: SeatOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#worker = new WorkerSlot(host, this);
    this.#limits = new TrialLimits(options, (cause) => {
      if (this.#running !== undefined) this.#abortRunning(this.#running, cause);
    });
    this.#answers = new AnswerWatch({
      isAwaited: () =>
        this.#queue.count > 0 &&
        this.#running === undefined &&
        !this.#isReplacing &&
        options.canEndWorker,
      // To load and to set up takes its time, unless it stands still.
      isExcused: async () => !this.#worker.hasStarted && !(await this.#worker.isStopped()),
      onSilent: () => void this.#replaceSilent(),
    });
  }

  get queued(): number {
    return this.#queue.count;
  }

  /** How many trials may be assigned; none behind one that runs for long, whatever was asked for before it. */
  get credit(): number {
    return this.isStalled || this.#answers.isDoubtful ? 0 : this.#credit;
  }

  get isStalled(): boolean {
    return (this.activity?.sinceMs ?? 0) > stallMs;
  }

  get isIdle(): boolean {
    return this.#running === undefined && this.#queue.count === 0;
  }

  /** What runs, by its number, and for how long; undefined when nothing does. */
  get activity(): WorkerActivity | undefined {
    const { trial, since } = this.#running ?? {};
    if (trial === undefined || since === undefined) return undefined;
    return { number: trial.number, sinceMs: performance.now() - since };
  }

  /** The trials that the seat holds, running or not. */
  *held(): Generator<ClaimedTrial> {
    if (this.#running?.trial !== undefined) yield this.#running.trial;
    yield* this.#queue.all;
  }

  /** Starts the worker before there is something to run. */
  open(): void {
    this.#worker.open();
  }

  assign(trials: readonly ClaimedTrial[]): void {
    this.#queue.add(trials);
    this.#credit = Math.max(0, this.#credit - trials.length);
    if (this.#worker.isReady) this.#run(trials);
    else this.open();
  }

  /** Asks a trial to end, and ends its worker after a grace; one that was not started is forgotten. */
  abort({ id, token }: Lease, cause: AbortCause): void {
    if (this.#running?.trial?.id === id && this.#running.trial.token === token) {
      this.#abortRunning(this.#running, cause);
    } else if (this.#queue.takeClaim({ id, token }) !== undefined) {
      this.#worker.post({ type: "abort", id, cause });
    }
  }

  /** Takes back what was not started. */
  withdraw(): ClaimedTrial[] {
    if (this.#queue.count > 0) this.#worker.post({ type: "drop" });
    return this.#queue.takeAll();
  }

  /** Takes back what was not started, and asks what runs to end. */
  interrupt(): ClaimedTrial[] {
    const unstarted = this.withdraw();
    if (this.#running !== undefined) this.#abortRunning(this.#running, "interrupted");
    return unstarted;
  }

  async close(): Promise<void> {
    this.#clearTimers();
    this.#answers.stop();
    await this.#worker.close();
  }

  onReady(trials: number): void {
    this.#answers.heard();
    this.#credit = Math.max(0, trials - this.#queue.count);
    if (this.#queue.count > 0) this.#run(this.#queue.all);
    if (this.#credit > 0) this.#listener.onPull();
  }

  onMessage(message: FromWorker): void {
    if (message.type !== "moved") this.#limits.progressed();
    this.#answers.heard();
    switch (message.type) {
      case "described":
        this.#listener.onDescribed(message);
        return;
      case "unusable":
        this.#listener.onUnusable(message);
        return;
      case "moved":
        this.#moved(message);
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
        this.#listener.onOutput(
          message.text,
          message.stream,
          this.#running?.trial,
          message.omittedBytes,
        );
        return;
      case "crashed":
        return;
    }
  }

  onOutput(text: string, stream: OutputStream): void {
    this.#limits.progressed();
    this.#answers.heard();
    this.#listener.onOutput(text, stream, this.#running?.trial);
  }

  onUnusable(error: ErrorData): void {
    this.#listener.onUnusable({ type: "unusable", error });
  }

  /** With the worker the running trial is lost. */
  onLost(error: TrialError): void {
    const running = this.#running;
    this.#succeed();
    if (running === undefined) return;
    this.#leave(running, undefined, running.cause ?? { kind: "worker lost", error });
  }

  #run(trials: readonly ClaimedTrial[]): void {
    this.#worker.post({ type: "run", tasks: trials.map(this.#options.toTask) });
  }

  #moved({ ended, started, pull }: Extract<FromWorker, { type: "moved" }>): void {
    if (ended !== undefined) {
      this.#ended(ended);
      // Whatever followed from its end, to drop the rest perhaps, was posted before.
      if (ended.status === "broken") this.#worker.post({ type: "continue" });
    }
    if (started !== undefined) this.#started(started);
    if (pull !== undefined) {
      this.#credit += pull;
      this.#listener.onPull();
    }
  }

  #started({ id, at }: { readonly id: string; readonly at: number }): void {
    const trial = this.#queue.take(id);
    const running: Running = { id, trial, at, since: performance.now() };
    this.#running = running;
    if (trial === undefined) {
      this.#abortRunning(running, "interrupted");
      return;
    }
    this.#limits.start();
    this.#listener.onStarted(trial, at, this.#worker.name);
  }

  #abortRunning(running: Running, cause: AbortCause): void {
    if (running.cause !== undefined) return;
    running.cause = { kind: cause };
    this.#worker.post({ type: "abort", id: running.id, cause });
    if (this.#options.canEndWorker) {
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
    const { trial, at } = running;
    if (trial !== undefined) this.#listener.onEnded(trial, at, ending, cause);
  }

  #request(message: Extract<FromWorker, { type: "request" }>): void {
    const { id, request } = message;
    const running = this.#running;
    const reply = (result: Reply): void => {
      // The next worker counts its requests from the start again.
      if (this.#running === running) this.#worker.post({ type: "reply", request, result });
    };
    if (running?.trial?.id === id) this.#listener.onRequest(running.trial, message, reply);
    else reply({ ok: false, error: toErrorData(leaseLost(id)) });
  }

  /** Ends the worker, and with it what it runs. Until it is gone, its trial is running. */
  async #replaceWorker(running: Running): Promise<void> {
    if (!(await this.#worker.end())) return;
    this.#succeed();
    this.#leave(running, undefined, running.cause);
  }

  /**
   * Gives to others what the worker was given. It cannot confirm that it has not begun: from here on nothing is
   * heard of it, and those who get its trials get new tokens.
   */
  async #replaceSilent(): Promise<void> {
    this.#isReplacing = true;
    const unstarted = this.withdraw();
    this.#credit = 0;
    const ended = this.#worker.end();
    this.#listener.onSilent(unstarted);
    if (!(await ended)) return;
    this.#isReplacing = false;
    this.#succeed();
  }

  /** Another worker takes the place, at once if there is something to run. */
  #succeed(): void {
    this.#credit = this.#queue.count > 0 ? 0 : 1;
    if (this.#queue.count > 0) this.open();
    else this.#listener.onPull();
  }

  #clearTimers(): void {
    this.#limits.stop();
    clearTimeout(this.#running?.grace);
  }
}
