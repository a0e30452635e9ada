import { describe, expect, test } from "vitest";
import { claimedTrial } from "../../test/support/scripted-workers.ts";
import type { FailureCause } from "../model/trial.ts";
import type { FinishedReport } from "../storage/reports.ts";
import { RetryPolicy, type RetryLimits } from "./retry-policy.ts";

/** An attempt that failed, of a trial of which so many failed before. */
function failed(cause: FailureCause, failures: number): FinishedReport {
  return {
    kind: "finished",
    trial: { ...claimedTrial("a"), failures },
    status: "broken",
    error: { cause, message: "No" },
  };
}

/** How often a trial that always fails in this way is tried again. */
function retriesOf(policy: RetryPolicy, cause: FailureCause): number {
  let failures = 0;
  while (failures < 100 && policy.allows(failed(cause, failures))) failures += 1;
  return failures;
}

const causes = ["error", "results", "timeout", "noProgress", "memory", "lost"] as const;

describe("a failed trial is tried again", () => {
  test("twice after its worker was killed, and else never, when nothing is said", () => {
    for (const policy of [new RetryPolicy(undefined), new RetryPolicy({})]) {
      expect(causes.map((cause) => retriesOf(policy, cause))).toEqual([0, 0, 0, 0, 0, 2]);
    }
  });

  test("as often as one number says, for every cause", () => {
    const policy = new RetryPolicy(3);
    expect(causes.map((cause) => retriesOf(policy, cause))).toEqual([3, 3, 3, 3, 3, 3]);
    expect(causes.map((cause) => retriesOf(new RetryPolicy(0), cause))).toEqual(Array(6).fill(0));
  });

  test("as often as its cause allows: results count as errors, no progress as a timeout", () => {
    const policy = new RetryPolicy({ error: 1, timeout: 4, memory: 5 });
    expect(causes.map((cause) => retriesOf(policy, cause))).toEqual([1, 1, 4, 4, 5, 2]);
  });

  test("only when it failed", () => {
    const policy = new RetryPolicy(9);
    const { error: _, ...completed } = failed("error", 0);
    expect(policy.allows({ ...completed, status: "completed" })).toBe(false);
    expect(policy.allows({ ...completed, status: "interrupted" })).toBe(false);
  });
});

describe("retries that cannot be", () => {
  test.each<[retries: unknown, message: string]>([
    [-1, "retries is a whole number from 0 on, got -1"],
    [1.5, "retries is a whole number from 0 on, got 1.5"],
    [NaN, "retries is a whole number from 0 on, got NaN"],
    [Infinity, "retries is a whole number from 0 on, got Infinity"],
    [{ error: -1 }, "retries.error is a whole number from 0 on, got -1"],
    [{ lost: "2" }, 'retries.lost is a whole number from 0 on, got "2"'],
    [
      { timout: 1 },
      'Unknown cause "timout" of retries; did you mean "timeout"? (one of error, timeout, memory, lost)',
    ],
  ])("%j: one line says what may be", (retries, message) => {
    expect(() => new RetryPolicy(retries as RetryLimits)).toThrow(
      expect.objectContaining({ code: "USAGE", message }) as Error,
    );
  });
});
