import { describe, expect, test } from "vitest";
import { claimedTrial } from "../../test/support/scripted-workers.ts";
import { endingReport } from "./ending-report.ts";
import type { Ending } from "./protocol.ts";

const trial = claimedTrial("a");

const completed: Ending = {
  id: "a",
  status: "completed",
  endedAt: 1000,
  durationMs: 900,
  results: `{"loss":1}`,
  objective: 1,
};

const failure = { cause: "error", message: "Diverged" } as const;

describe("how a trial ended", () => {
  test("is what its worker says", () => {
    expect(endingReport(trial, 0, completed, undefined, {})).toEqual({
      kind: "finished",
      trial,
      status: "completed",
      results: `{"loss":1}`,
      objective: 1,
      error: undefined,
      endedAt: "1970-01-01T00:00:01.000Z",
      durationMs: 900,
    });
    const broken = { ...completed, status: "broken", error: failure } as const;
    expect(endingReport(trial, 0, broken, undefined, {})).toMatchObject({
      status: "broken",
      error: failure,
      results: undefined,
    });
  });

  test("took as long as it ran when its worker cannot tell", () => {
    const startedAt = Date.now() - 5000;
    const { durationMs, endedAt } = endingReport(
      trial,
      startedAt,
      undefined,
      { kind: "timeout" },
      { timeoutMs: 250 },
    );
    expect(durationMs).toBe(Date.parse(endedAt ?? "") - startedAt);
    expect(durationMs).toBeGreaterThanOrEqual(5000);
  });

  test("is broken after a timeout, even with results", () => {
    const report = endingReport(trial, 0, completed, { kind: "timeout" }, { timeoutMs: 250 });
    expect(report).toMatchObject({
      status: "broken",
      results: undefined,
      objective: undefined,
      error: { cause: "timeout", message: "Ran longer than its limit of 250 ms" },
    });
  });

  test("is completed when results came before the run was over", () => {
    const report = endingReport(trial, 0, completed, { kind: "interrupted" }, {});
    expect(report).toMatchObject({ status: "completed", results: `{"loss":1}` });
  });

  test("is interrupted when the worker was ended for it, and what it threw then is not kept", () => {
    const cause = { kind: "interrupted" } as const;
    expect(endingReport(trial, 0, undefined, cause, {})).toMatchObject({
      status: "interrupted",
      error: undefined,
    });
    const thrown = { ...completed, status: "interrupted", error: failure } as const;
    expect(endingReport(trial, 0, thrown, cause, {})).toMatchObject({
      status: "interrupted",
      error: undefined,
      results: undefined,
    });
  });

  test("is broken with what is known of the end of its worker", () => {
    const error = { cause: "memory", message: "Out of memory" } as const;
    const report = endingReport(trial, 0, undefined, { kind: "worker lost", error }, {});
    expect(report).toMatchObject({ status: "broken", error });
  });
});
