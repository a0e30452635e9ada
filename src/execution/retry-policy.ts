import { AssayError } from "../errors/assay-error.ts";
import type { FailureCause } from "../model/trial.ts";
import { showValue } from "../space/show-value.ts";
import type { FinishedReport } from "../storage/reports.ts";
import { didYouMean } from "../util/nearest.ts";

/** How often a trial is tried again after a failed attempt, by the cause of the failure. */
export type RetryLimits = Readonly<
  Partial<Record<"error" | "timeout" | "memory" | "lost", number>>
>;

/** What a failure counts as. */
const kinds: Readonly<Record<FailureCause, keyof RetryLimits>> = {
  error: "error",
  results: "error",
  timeout: "timeout",
  noProgress: "timeout",
  memory: "memory",
  lost: "lost",
};

/** That somebody killed a worker says nothing against the trial that it ran. */
const defaults: Required<RetryLimits> = { error: 0, timeout: 0, memory: 0, lost: 2 };

/** Which failed attempts are followed by another. */
export class RetryPolicy {
  readonly #limits: Required<RetryLimits>;

  /** @throws `USAGE` for what is not a whole number from 0 on, or a map of such by cause */
  constructor(retries: number | RetryLimits | undefined) {
    if (typeof retries === "number") {
      const count = checked("retries", retries);
      this.#limits = { error: count, timeout: count, memory: count, lost: count };
    } else this.#limits = { ...defaults, ...checkLimits(retries ?? {}) };
  }

  /** Whether the trial of an attempt that ended so is to be tried again. */
  allows({ status, error, trial }: FinishedReport): boolean {
    if (status !== "broken" || error === undefined) return false;
    return trial.failures < this.#limits[kinds[error.cause]];
  }
}

function checkLimits(limits: RetryLimits): RetryLimits {
  const names = Object.keys(defaults);
  for (const [name, count] of Object.entries(limits)) {
    if (!names.includes(name)) {
      throw new AssayError(
        "USAGE",
        `Unknown cause "${name}" of retries${didYouMean(name, names)} (one of ${names.join(", ")})`,
        { details: { value: name, accepted: names } },
      );
    }
    checked(`retries.${name}`, count);
  }
  return limits;
}

function checked(name: string, count: unknown): number {
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new AssayError("USAGE", `${name} is a whole number from 0 on, got ${showValue(count)}`, {
    details: { option: name, value: count },
  });
}
