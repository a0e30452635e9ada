import { fromErrorData, type AssayError } from "../errors/assay-error.ts";
import type { ClaimedTrial, Lease } from "../storage/leases.ts";
import { createDeferred } from "../util/deferred.ts";
import type { Executor, Program } from "./executor.ts";
import type { AbortCause, DescribedExperiment, Ending, FromWorker, Task } from "./protocol.ts";
import { Seat, type SeatCause, type SeatListener } from "./seat.ts";

/** What the workers of a crew tell while they run trials. */
export interface CrewListener extends Omit<SeatListener, "onDescribed" | "onUnusable"> {
  /** The workers cannot go on: the code cannot be loaded, or `setup` threw. */
  onFailure(error: AssayError): void;
}

export interface CrewOptions {
  readonly executor: Executor;
  readonly program: Program;
  /** How long a trial may take, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly taskDirectory: (trial: ClaimedTrial) => string;
}

/**
 * The workers of a run. They are started at once, so that they load the code while the storage is opened;
 * they describe the experiment, and then run the trials that they are assigned.
 */
export class Crew implements SeatListener {
  readonly #described = createDeferred<DescribedExperiment>();
  readonly #seats: readonly Seat[];
  #listener: CrewListener | undefined;

  constructor({ executor, program, timeoutMs, taskDirectory }: CrewOptions) {
    const toTask = (trial: ClaimedTrial): Task => {
      const { id, number, attempt, params, seed } = trial;
      return { id, number, attempt: attempt + 1, params, seed, directory: taskDirectory(trial) };
    };
    const { workers } = executor;
    this.#described.promise.catch(() => undefined);
    this.#seats = Array.from(
      { length: workers },
      () => new Seat(executor, program, this, { timeoutMs, toTask }),
    );
  }

  /** The experiment as the workers loaded it. Rejects when they cannot. */
  get described(): Promise<DescribedExperiment> {
    return this.#described.promise;
  }

  /** How many trials wait for their turn. */
  get queued(): number {
    return this.#seats.reduce((sum, seat) => sum + seat.queued, 0);
  }

  /** How many workers have nothing to do. */
  get idle(): number {
    return this.#seats.filter((seat) => seat.isIdle).length;
  }

  get isIdle(): boolean {
    return this.#seats.every((seat) => seat.isIdle);
  }

  /** Hears the workers from now on. */
  attend(listener: CrewListener): void {
    this.#listener = listener;
  }

  /** The trials that the workers hold, running or not. */
  *held(): Generator<ClaimedTrial> {
    for (const seat of this.#seats) yield* seat.held();
  }

  /** Shares trials out so that all seats have equally many; each gets its share in one message. */
  assign(trials: readonly ClaimedTrial[]): void {
    const seats = [...this.#seats].sort((a, b) => a.queued - b.queued);
    const all = this.queued + trials.length;
    let from = 0;
    for (const [i, seat] of seats.entries()) {
      const share = Math.max(0, Math.ceil((all - i) / seats.length) - seat.queued);
      const to = i === seats.length - 1 ? trials.length : Math.min(trials.length, from + share);
      if (to > from) seat.assign(trials.slice(from, to));
      from = to;
    }
  }

  /** Asks a trial to end, and ends its worker after a grace. */
  abort(lease: Lease, cause: AbortCause): void {
    for (const seat of this.#seats) seat.abort(lease, cause);
  }

  /** Takes back what was not started. */
  withdraw(): ClaimedTrial[] {
    return this.#seats.flatMap((seat) => seat.withdraw());
  }

  /** Takes back what was not started, and asks what runs to end. */
  interrupt(): ClaimedTrial[] {
    return this.#seats.flatMap((seat) => seat.interrupt());
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  onDescribed({ experiment }: Extract<FromWorker, { type: "described" }>): void {
    this.#described.resolve(experiment);
  }

  onUnusable({ error }: Extract<FromWorker, { type: "unusable" }>): void {
    const failure = fromErrorData(error);
    this.#described.reject(failure);
    this.#listener?.onFailure(failure);
  }

  onStarted(trial: ClaimedTrial, startedAt: number, worker: string): void {
    this.#listener?.onStarted(trial, startedAt, worker);
  }

  onMetrics(trial: ClaimedTrial, message: Extract<FromWorker, { type: "metrics" }>): void {
    this.#listener?.onMetrics(trial, message);
  }

  onEnded(trial: ClaimedTrial, ending: Ending | undefined, cause: SeatCause | undefined): void {
    this.#listener?.onEnded(trial, ending, cause);
  }

  onRequest(...heard: Parameters<SeatListener["onRequest"]>): void {
    this.#listener?.onRequest(...heard);
  }

  onOutput(...heard: Parameters<SeatListener["onOutput"]>): void {
    this.#listener?.onOutput(...heard);
  }
}
