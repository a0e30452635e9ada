import { expect, test } from "vitest";
import { rateOf } from "./recent-rate.ts";

const at = (ms: number): string => new Date(ms).toISOString();

test("counts the trials that ended last from the start of the first of them until now", () => {
  const trials = [0, 1000, 2000].map((ms) => ({ startedAt: at(ms), endedAt: at(ms + 1000) }));
  expect(rateOf(trials, 3000)).toBe(1);
  expect(rateOf(trials, 6000)).toBe(0.5);
});

test("forgets what was long ago", () => {
  const slow = { startedAt: at(0), endedAt: at(1_000_000) };
  const fast = Array.from({ length: 100 }, (_, i) => ({
    startedAt: at(1_000_000 + i * 10),
    endedAt: at(1_000_010 + i * 10),
  }));
  expect(rateOf([slow, ...fast], 1_001_000)).toBe(100);
});

test("is unknown before the first trial ended", () => {
  expect(rateOf([], 1000)).toBeNull();
  expect(rateOf([{ startedAt: at(0), endedAt: null }], 1000)).toBeNull();
});
