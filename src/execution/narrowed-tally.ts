import type { TrialStatus } from "../model/status.ts";
import type { RunScope } from "./progress.ts";

/**
 * Counts the trials of a narrowed run as they are come to. The total is right from the start, as far as it
 * can be known: the size of the narrowed space, or what a limit leaves of it.
 */
export class NarrowedTally implements RunScope {
  readonly #size: number;
  #places: number;
  /** Of the narrowed space: completed, or may yet be; and finished otherwise. */
  #runnable = 0;
  #dropped = 0;
  #besides = 0;
  skipped = 0;
  leftBroken = 0;

  /** @param places how many trials may be added, at most */
  constructor(size: number, places: number) {
    this.#size = size;
    this.#places = places;
  }

  get total(): number | null {
    const inSpace = Math.min(this.#size - this.#dropped, this.#runnable + this.#places);
    return inSpace === Infinity ? null : inSpace + this.#besides;
  }

  /** How many trials of the narrowed space are known to be registered. */
  get known(): number {
    return this.#runnable + this.#dropped;
  }

  /** A trial of the narrowed space was there before. */
  found(status: TrialStatus): void {
    if (status === "broken" || status === "pruned") this.#dropped += 1;
    else this.#runnable += 1;
    this.#countEnded(status);
  }

  /** A trial was there before that the run does not come to by itself. */
  foundBesides(status: TrialStatus): void {
    if (status !== "broken" && status !== "pruned") this.#besides += 1;
    this.#countEnded(status);
  }

  /** Trials were added. */
  added(count: number): void {
    this.#runnable += count;
    this.#places = Math.max(0, this.#places - count);
  }

  /** No more will be added, but in the places of trials that break. */
  close(): void {
    this.#places = 0;
  }

  #countEnded(status: TrialStatus): void {
    if (status === "completed") this.skipped += 1;
    if (status === "broken") this.leftBroken += 1;
  }
}
