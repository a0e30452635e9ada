/** So much work is claimed ahead of a worker, in milliseconds and in trials. */
const aheadMs = 50;
const maxAhead = 4000;
/** Without an end for so long, what was claimed ahead is given back. */
const stallMs = 1000;
/** How much the newest trial counts in the pace. */
const weight = 0.1;

/**
 * How many trials to claim ahead: many short ones, so that a claim and a commit serve many, and of long ones
 * none but the next, so that nothing waits in one process that another could run.
 */
export class ClaimPace {
  #paceMs: number | undefined;
  #lastEndedAt: number | undefined;

  /** A trial ended now. */
  mark(): void {
    const now = performance.now();
    if (this.#lastEndedAt !== undefined) {
      const took = now - this.#lastEndedAt;
      this.#paceMs =
        this.#paceMs === undefined ? took : (1 - weight) * this.#paceMs + weight * took;
    }
    this.#lastEndedAt = now;
  }

  /** Whether the trials that run take so much longer than those before that others should not wait for them. */
  get isStalled(): boolean {
    return this.#lastEndedAt !== undefined && performance.now() - this.#lastEndedAt > stallMs;
  }

  /** How many trials all workers together should have waiting. */
  get ahead(): number {
    if (this.#paceMs === undefined) return 0;
    return Math.min(maxAhead, Math.floor(aheadMs / this.#paceMs));
  }
}
