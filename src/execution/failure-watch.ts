import type { TrialError } from "../model/trial.ts";

/** So many trials that all break in the same way say that the next ones will too. */
const sameFailures = 10;

/** Decides when broken trials are reason enough to stop a run. */
export class FailureWatch {
  readonly #maxBroken: number;
  #broken = 0;
  #others = 0;
  #first: string | undefined;
  #isSame = true;

  constructor(maxBroken: number | undefined) {
    this.#maxBroken = maxBroken ?? Infinity;
  }

  /** Takes note of a broken trial. Returns the reason to stop, if there is one now. */
  broke(number: number, error: TrialError | undefined): string | undefined {
    this.#broken += 1;
    const message = error?.message ?? "";
    // Numbers differ from trial to trial where the failure is the same.
    const shape = message.replaceAll(/\d+/g, "#");
    this.#first ??= shape;
    this.#isSame &&= shape === this.#first;
    if (this.#broken >= this.#maxBroken) {
      return `${String(this.#broken)} trials are broken, the limit is ${String(this.#maxBroken)}; the last one, number ${String(number)}: ${message}`;
    }
    if (this.#isSame && this.#others === 0 && this.#broken === sameFailures) {
      return `The first ${String(sameFailures)} trials all broke in the same way: ${message}`;
    }
    return undefined;
  }

  /** Takes note of a trial that ended otherwise. */
  went(status: string): void {
    if (status !== "interrupted") this.#others += 1;
  }
}
