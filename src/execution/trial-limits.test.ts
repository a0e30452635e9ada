import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TrialLimits, type TrialLimitOptions } from "./trial-limits.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function limitsOf(options: TrialLimitOptions) {
  const exceeded: string[] = [];
  const limits = new TrialLimits(options, (limit) => exceeded.push(limit));
  return { limits, exceeded };
}

describe("the limits of a trial", () => {
  test("none are exceeded where none are set", () => {
    const { limits, exceeded } = limitsOf({});
    limits.start();
    limits.progressed();
    vi.advanceTimersByTime(1e9);
    expect(exceeded).toEqual([]);
  });

  test("its whole time is limited, whatever progress it shows", () => {
    const { limits, exceeded } = limitsOf({ timeoutMs: 100, noProgressTimeoutMs: 60 });
    limits.start();
    for (let ms = 0; ms < 90; ms += 30) {
      vi.advanceTimersByTime(30);
      limits.progressed();
    }
    expect(exceeded).toEqual([]);
    vi.advanceTimersByTime(10);
    expect(exceeded).toEqual(["timeout"]);
  });

  test("the time without progress counts from the last sign of it", () => {
    const { limits, exceeded } = limitsOf({ noProgressTimeoutMs: 100 });
    limits.start();
    vi.advanceTimersByTime(99);
    limits.progressed();
    vi.advanceTimersByTime(99);
    expect(exceeded).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(exceeded).toEqual(["no progress"]);
  });

  test("they end with the trial and begin anew with the next one", () => {
    const { limits, exceeded } = limitsOf({ timeoutMs: 100, noProgressTimeoutMs: 100 });
    limits.start();
    vi.advanceTimersByTime(90);
    limits.stop();
    limits.progressed();
    vi.advanceTimersByTime(1000);
    expect(exceeded).toEqual([]);
    limits.start();
    vi.advanceTimersByTime(99);
    expect(exceeded).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(exceeded).toHaveLength(2);
  });

  test.each([Infinity, 2 ** 31, 1e15])("%s ms are no limit", (ms) => {
    const { limits, exceeded } = limitsOf({ timeoutMs: ms, noProgressTimeoutMs: ms });
    limits.start();
    vi.advanceTimersByTime(1e9);
    expect(exceeded).toEqual([]);
  });
});
