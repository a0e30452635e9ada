import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClaimPace } from "./claim-pace.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** The pace after trials that took these times each. */
function paceAfter(...durations: readonly number[]): ClaimPace {
  const pace = new ClaimPace();
  pace.mark();
  for (const duration of durations) {
    vi.advanceTimersByTime(duration);
    pace.mark();
  }
  return pace;
}

describe("the trials that are claimed ahead", () => {
  test("are none before two trials have ended", () => {
    expect(new ClaimPace().ahead).toBe(0);
    expect(paceAfter().ahead).toBe(0);
  });

  test("are about 50 ms of work", () => {
    expect(paceAfter(10, 10, 10).ahead).toBe(5);
    expect(paceAfter(1, 1, 1).ahead).toBe(50);
  });

  test("are none when a trial takes longer than that", () => {
    expect(paceAfter(60).ahead).toBe(0);
  });

  test("are fewer when trials become longer, after a few of them", () => {
    const slower = paceAfter(...Array<number>(20).fill(1), ...Array<number>(20).fill(25));
    expect(slower.ahead).toBe(2);
  });

  test("have an upper bound", () => {
    expect(paceAfter(0, 0, 0).ahead).toBeLessThan(10_000);
  });
});
