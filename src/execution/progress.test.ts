import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ProgressTracker, type RunScope } from "./progress.ts";

const scopeOf = (total: number | null, skipped: number): RunScope => ({
  total,
  skipped,
  leftBroken: 0,
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("the progress of a run", () => {
  test("counts by how trials ended; an interrupted one is still to be done", () => {
    const tracker = new ProgressTracker(scopeOf(10, 3), undefined);
    Object.assign(tracker.counts, { completed: 2, broken: 1, pruned: 1, interrupted: 1 });
    expect(tracker.ended).toBe(4);
    expect(tracker.snapshot()).toMatchObject({
      total: 10,
      skipped: 3,
      completed: 2,
      broken: 1,
      pruned: 1,
      interrupted: 1,
      isOver: false,
    });
  });

  test("has another trial to come for each that breaks under a limit, as long as there are more", () => {
    const tracker = new ProgressTracker({ ...scopeOf(3, 0), most: 10 }, undefined);
    expect(tracker.snapshot().total).toBe(3);
    Object.assign(tracker.counts, { completed: 1, broken: 2 });
    expect(tracker.snapshot().total).toBe(5);
    tracker.counts.broken = 9;
    expect(tracker.snapshot().total).toBe(10);
  });

  test("has no rate and no time left before a trial ended, and none left without a total", () => {
    const tracker = new ProgressTracker(scopeOf(null, 0), undefined);
    vi.advanceTimersByTime(1000);
    expect(tracker.snapshot()).toMatchObject({ elapsedMs: 1000, ratePerSecond: null, etaMs: null });
    tracker.counts.completed = 2;
    expect(tracker.snapshot()).toMatchObject({ ratePerSecond: 2, etaMs: null });
  });

  test("tells the time left from the rate", () => {
    const tracker = new ProgressTracker(scopeOf(10, 2), undefined);
    vi.advanceTimersByTime(2000);
    tracker.counts.completed = 4;
    expect(tracker.snapshot()).toMatchObject({ ratePerSecond: 2, etaMs: 2000 });
  });

  test("never has less than nothing left", () => {
    const tracker = new ProgressTracker(scopeOf(1, 0), undefined);
    vi.advanceTimersByTime(100);
    tracker.counts.broken = 5;
    expect(tracker.snapshot().etaMs).toBe(0);
  });

  test("has the rate of the last seconds, so that a change of pace is seen", () => {
    const tracker = new ProgressTracker(scopeOf(null, 0), undefined);
    const run = (seconds: number, perSecond: number) => {
      for (let i = 0; i < seconds; i += 1) {
        vi.advanceTimersByTime(1000);
        tracker.counts.completed += perSecond;
        tracker.snapshot();
      }
    };
    run(60, 10);
    expect(tracker.snapshot().ratePerSecond).toBeCloseTo(10);
    run(10, 100);
    expect(tracker.snapshot().ratePerSecond).toBeCloseTo(100);
  });

  test("has the rate of the whole run where trials are slow", () => {
    const tracker = new ProgressTracker(scopeOf(10, 0), undefined);
    for (let second = 1; second <= 180; second += 1) {
      vi.advanceTimersByTime(1000);
      if (second % 60 === 0) tracker.counts.completed += 1;
      tracker.snapshot();
    }
    expect(tracker.snapshot().etaMs).toBeCloseTo(7 * 60_000);
  });
});

describe("the best value so far", () => {
  test.each([
    ["minimize", 1, 2],
    ["maximize", 4, 0],
  ] as const)("is the first one with the best value: %s", (direction, value, number) => {
    const tracker = new ProgressTracker(scopeOf(null, 0), { name: "loss", direction });
    expect(tracker.snapshot().best).toBeNull();
    for (const [i, offered] of [4, 3, 1, 1, 4].entries()) tracker.offer(i, offered);
    expect(tracker.snapshot().best).toEqual({ name: "loss", value, number });
  });

  test("is nothing without an objective", () => {
    const tracker = new ProgressTracker(scopeOf(null, 0), undefined);
    tracker.offer(0, 1);
    expect(tracker.snapshot().best).toBeNull();
  });
});
