import { fromErrorData, type AssayError } from "../errors/assay-error.ts";
import type { ClaimedTrial, Lease } from "../storage/leases.ts";
import { createDeferred } from "../util/deferred.ts";
import type { Executor, Program, WorkerHost } from "./executor.ts";
import type { WorkerActivity } from "./progress.ts";
import type { AbortCause, DescribedExperiment, FromWorker, Task } from "./protocol.ts";
import { Seat } from "./seat.ts";
import type { SeatListener } from "./seat-listener.ts";
import { SpareTrials } from "./spare-trials.ts";
import type { TrialLimitOptions } from "./trial-limits.ts";

/** So many trials may wait in all workers of a run together, and in one: more of them cost memory and save little. */
const mostAhead = 2000;
const mostAheadOfOne = 1000;

/** What the workers of a crew tell while they run trials. */
export interface CrewListener extends Omit<SeatListener, "onDescribed" | "onUnusable"> {
  /** The workers cannot go on: the code cannot be loaded, or `setup` threw. */
  onFailure(error: AssayError): void;
}

export interface CrewOptions extends TrialLimitOptions {
  readonly executor: Executor;
  readonly program: Program;
  /** How much memory a worker may use, in MB. */
  readonly memoryMb?: number | undefined;
  readonly taskDirectory: (trial: ClaimedTrial) => string;
}

/**
 * The workers of a run. The first is started at once, so that it loads the code while the storage is opened;
 * it describes the experiment. The others are started when it is known that there is something for them to
 * run.
 */
export class Crew implements SeatListener {
  readonly #described = createDeferred<DescribedExperiment>();
  readonly #host: WorkerHost;
  readonly #seats: readonly Seat[];
  readonly #spare: SpareTrials;
  #listener: CrewListener | undefined;
  /** What was written before anybody attended: while the file was imported. */
  #early: Parameters<SeatListener["onOutput"]>[] = [];

  constructor(options: CrewOptions) {
    const { executor, program, memoryMb, taskDirectory } = options;
    const { workers } = executor;
    const toTask = (trial: ClaimedTrial): Task => {
      const { id, number, attempt, params, seed } = trial;
      return { id, number, attempt: attempt + 1, params, seed, directory: taskDirectory(trial) };
    };
    this.#described.promise.catch(() => undefined);
    const maxAhead = Math.min(mostAheadOfOne, Math.ceil(mostAhead / workers));
    this.#host = executor.open({ program, memoryMb, maxAhead });
    const seat = { ...options, toTask, canEndWorker: !executor.isInline };
    this.#seats = Array.from({ length: workers }, () => new Seat(this.#host, this, seat));
    this.#spare = new SpareTrials(workers);
    this.#seats[0]?.open();
  }

  /** The experiment as the first worker loaded it. Rejects when it cannot. */
  get described(): Promise<DescribedExperiment> {
    return this.#described.promise;
  }

  /** How many trials to claim: as many as the workers ask for, and of short ones some more. */
  get credit(): number {
    const credit = this.#seats.reduce((sum, seat) => sum + seat.credit, 0);
    const asked = Math.max(0, credit - this.#spare.count);
    return this.#isStalled ? asked : this.#spare.toClaim(asked);
  }

  get isIdle(): boolean {
    return this.#spare.count === 0 && this.#seats.every((seat) => seat.isIdle);
  }

  get #isStalled(): boolean {
    return this.#seats.some((seat) => seat.isStalled);
  }

  /** What each worker runs; null for one that runs nothing. */
  get activity(): readonly (WorkerActivity | null)[] {
    return this.#seats.map((seat) => seat.activity ?? null);
  }

  /** Starts the workers that so many trials can keep busy, before the trials are claimed. */
  prepare(trials: number): void {
    for (const seat of this.#seats.slice(0, Math.max(0, trials))) seat.open();
  }

  /** Hears the workers from now on. */
  attend(listener: CrewListener): void {
    this.#listener = listener;
    for (const heard of this.#early) listener.onOutput(...heard);
    this.#early = [];
  }

  /** The trials that the workers hold, running or not. */
  *held(): Generator<ClaimedTrial> {
    yield* this.#spare.all;
    for (const seat of this.#seats) yield* seat.held();
  }

  /**
   * Shares trials out among those who asked, evenly; each gets its share in one message. What is left waits for the
   * next who asks.
   */
  assign(trials: readonly ClaimedTrial[]): void {
    const waiting = [...this.#spare.takeAll(), ...trials];
    const asking = this.#seats.filter(({ credit }) => credit > 0).sort(byCredit);
    // Nobody would ask for what waits if all are idle.
    if (asking.length === 0 && this.#seats.every((seat) => seat.isIdle)) {
      this.#seats[0]?.assign(waiting);
      return;
    }
    let from = 0;
    for (const [i, seat] of asking.entries()) {
      const share = Math.ceil((waiting.length - from) / (asking.length - i));
      const to = from + Math.min(seat.credit, share);
      if (to > from) seat.assign(waiting.slice(from, to));
      from = to;
    }
    this.#spare.keep(waiting.slice(from));
  }

  /** Asks a trial to end, and ends its worker after a grace. */
  abort(lease: Lease, cause: AbortCause): void {
    this.#spare.drop(lease);
    for (const seat of this.#seats) seat.abort(lease, cause);
  }

  /** Takes back what waits behind trials that run for long. */
  withdrawStalled(): ClaimedTrial[] {
    if (!this.#isStalled) return [];
    const stalled = this.#seats.filter((seat) => seat.isStalled);
    return [...this.#spare.takeAll(), ...stalled.flatMap((seat) => seat.withdraw())];
  }

  /** Takes back what was not started, and asks what runs to end. */
  interrupt(): ClaimedTrial[] {
    return [...this.#spare.takeAll(), ...this.#seats.flatMap((seat) => seat.interrupt())];
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
    await this.#host.close?.();
  }

  onDescribed({ experiment }: Extract<FromWorker, { type: "described" }>): void {
    this.#described.resolve(experiment);
  }

  onUnusable({ error }: Extract<FromWorker, { type: "unusable" }>): void {
    const failure = fromErrorData(error);
    this.#described.reject(failure);
    this.#listener?.onFailure(failure);
  }

  onPull(): void {
    if (this.#spare.count > 0) this.assign([]);
    this.#listener?.onPull();
  }

  onStarted(trial: ClaimedTrial, startedAt: number, worker: string): void {
    this.#listener?.onStarted(trial, startedAt, worker);
  }

  onMetrics(trial: ClaimedTrial, message: Extract<FromWorker, { type: "metrics" }>): void {
    this.#listener?.onMetrics(trial, message);
  }

  onEnded(...heard: Parameters<SeatListener["onEnded"]>): void {
    const [, , ending] = heard;
    if (ending !== undefined) this.#spare.ran(ending.durationMs);
    this.#listener?.onEnded(...heard);
  }

  onSilent(unstarted: readonly ClaimedTrial[]): void {
    this.#listener?.onSilent(unstarted);
  }

  onRequest(...heard: Parameters<SeatListener["onRequest"]>): void {
    this.#listener?.onRequest(...heard);
  }

  onOutput(...heard: Parameters<SeatListener["onOutput"]>): void {
    if (this.#listener === undefined) this.#early.push(heard);
    else this.#listener.onOutput(...heard);
  }
}

/** The least credit first: who asks for less than an even share leaves the rest to the others. */
function byCredit(a: Seat, b: Seat): number {
  return a.credit - b.credit;
}
