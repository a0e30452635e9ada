import type { ClaimedTrial, Lease } from "../storage/leases.ts";

/** The trials that a worker was given and has not begun, in the order in which it will. */
export class WaitingTrials {
  #trials: ClaimedTrial[] = [];

  get count(): number {
    return this.#trials.length;
  }

  get all(): readonly ClaimedTrial[] {
    return this.#trials;
  }

  add(trials: readonly ClaimedTrial[]): void {
    for (const trial of trials) this.#trials.push(trial);
  }

  /** Takes out the one that the worker has begun; undefined when it was taken out before. */
  take(id: string): ClaimedTrial | undefined {
    // It is the first one, unless those before it were aborted on the way: nothing else is worth an index.
    if (this.#trials[0]?.id === id) return this.#trials.shift();
    return this.#takeAt(this.#trials.findIndex((trial) => trial.id === id));
  }

  /** Takes out the one that was claimed so; undefined when there is none. */
  takeClaim({ id, token }: Lease): ClaimedTrial | undefined {
    return this.#takeAt(
      this.#trials.findIndex((trial) => trial.id === id && trial.token === token),
    );
  }

  takeAll(): ClaimedTrial[] {
    const all = this.#trials;
    this.#trials = [];
    return all;
  }

  #takeAt(place: number): ClaimedTrial | undefined {
    return place < 0 ? undefined : this.#trials.splice(place, 1)[0];
  }
}
