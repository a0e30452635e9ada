/** So much work should wait in a worker, in milliseconds. */
const aheadMs = 50;
/** Of trials that take less, the next one waits already: to fetch it takes some milliseconds. */
const fetchedAheadMs = 200;
/** How much the newest trial counts in the pace. */
const weight = 0.1;
/** A trial costs at least this much besides its own code. */
const overheadMs = 0.01;

/**
 * How many tasks a worker asks for: many short ones, so that a claim and a commit serve many; of longer ones
 * the next, so that none is waited for; and of long ones none ahead, so that nothing waits in one worker that
 * another could run.
 */
export class TaskPace {
  readonly #maxAhead: number;
  #taskMs = 0;
  #tasks = 0;
  /** Asked for and not yet received. */
  #asked = 0;

  constructor(maxAhead: number) {
    this.#maxAhead = maxAhead;
  }

  received(tasks: number): void {
    this.#asked = Math.max(0, this.#asked - tasks);
  }

  /** A task took so long. */
  ran(durationMs: number): void {
    const took = durationMs + overheadMs;
    this.#tasks += 1;
    // The first one loads what all others find loaded: its time counts no more once there is another.
    this.#taskMs += (this.#tasks <= 2 ? 1 : weight) * (took - this.#taskMs);
  }

  /** How many tasks to ask for now: as many as are missing, once less than half is there. */
  wanted(waiting: number, isIdle: boolean): number {
    const ahead = Math.min(this.#maxAhead, this.#ahead());
    const target = Math.max(isIdle ? 1 : 0, ahead);
    const there = waiting + this.#asked;
    if (there * 2 > target || there >= target) return 0;
    this.#asked += target - there;
    return target - there;
  }

  #ahead(): number {
    if (this.#tasks === 0 || this.#taskMs > fetchedAheadMs) return 0;
    return Math.max(1, Math.floor(aheadMs / this.#taskMs));
  }
}
