import type { Invariant } from "./invariants.ts";
import type { Checked, Problem, Remark, Repair, Verification } from "./verification.ts";

/** A problem of whatever is being looked at. */
export interface Finding {
  readonly invariant: Invariant;
  readonly message: string;
}

/** What a finding is about. */
export type Subject = Pick<Problem, "experiment" | "trial" | "number">;

/** So many problems are kept; a database in which nothing is right shall not fill the memory. */
const keptProblems = 1000;

/** What a verification has found so far. */
export class Findings {
  readonly #problems: Problem[] = [];
  readonly #remarks: Remark[] = [];
  #problemCount = 0;
  readonly #checked: Record<keyof Checked, number> = {
    experiments: 0,
    trials: 0,
    attempts: 0,
    metrics: 0,
    snapshots: 0,
    artifacts: 0,
    blobs: 0,
    bytes: 0,
    runs: 0,
    code: 0,
  };

  count(what: keyof Checked, more: number = 1): void {
    this.#checked[what] += more;
  }

  get checked(): Checked {
    return this.#checked;
  }

  add(subject: Subject, found: Iterable<Finding>): void {
    for (const { invariant, message } of found) {
      this.#problemCount += 1;
      if (this.#problems.length < keptProblems) {
        this.#problems.push({ invariant, ...subject, message });
      }
    }
  }

  remark(remark: Remark): void {
    this.#remarks.push(remark);
  }

  result(repairs: readonly Repair[]): Verification {
    return {
      repairs,
      checked: { ...this.#checked },
      problems: this.#problems,
      problemCount: this.#problemCount,
      remarks: this.#remarks,
    };
  }
}
