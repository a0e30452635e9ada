import type { ClaimedTrial, Lease } from "../storage/leases.ts";

/** So much work for each worker is claimed at once, in milliseconds. */
const togetherMs = 100;
/** Workers with much shorter trials ask for many themselves. */
const mostTogether = 32;
/** Of longer trials none waits here, where another process could run it. */
const longestMs = 200;
/** How much the newest trial counts in the mean. */
const weight = 0.1;

/**
 * Claimed trials that no worker has asked for yet. Of trials that take some 50 ms a worker asks for one at a time, and
 * a claim takes the coordinator some half a millisecond of a processor that trials could use: so some are claimed at
 * once, and wait here for whoever asks first.
 */
export class SpareTrials {
  readonly #workers: number;
  #trials: ClaimedTrial[] = [];
  #trialMs: number | undefined;

  constructor(workers: number) {
    this.#workers = workers;
  }

  get count(): number {
    return this.#trials.length;
  }

  get all(): readonly ClaimedTrial[] {
    return this.#trials;
  }

  /** A trial took so long. */
  ran(durationMs: number): void {
    this.#trialMs ??= durationMs;
    this.#trialMs += weight * (durationMs - this.#trialMs);
  }

  /** How many trials to claim for workers that ask for so many. */
  toClaim(asked: number): number {
    if (asked === 0 || this.#trialMs === undefined || this.#trialMs > longestMs) return asked;
    const together = Math.floor((this.#workers * togetherMs) / this.#trialMs);
    return Math.max(asked, Math.min(together, mostTogether));
  }

  keep(trials: readonly ClaimedTrial[]): void {
    this.#trials = [...trials];
  }

  takeAll(): ClaimedTrial[] {
    const trials = this.#trials;
    this.#trials = [];
    return trials;
  }

  /** Forgets a trial whose lease was lost. */
  drop({ id, token }: Lease): void {
    this.#trials = this.#trials.filter((trial) => trial.id !== id || trial.token !== token);
  }
}
