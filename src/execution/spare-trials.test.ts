import { describe, expect, test } from "vitest";
import { SpareTrials } from "./spare-trials.ts";

function spareAfter(workers: number, ...durationsMs: readonly number[]): SpareTrials {
  const spare = new SpareTrials(workers);
  for (const durationMs of durationsMs) spare.ran(durationMs);
  return spare;
}

describe("trials that are claimed before anybody asks for them", () => {
  test("are as many as all workers run in 100 ms, and no fewer than are asked for", () => {
    const spare = spareAfter(8, 50);
    expect([spare.toClaim(1), spare.toClaim(15), spare.toClaim(17)]).toEqual([16, 16, 17]);
    expect(spareAfter(32, 150).toClaim(1)).toBe(21);
  });

  test("are none when nobody asks, before a trial has ended, and of long trials", () => {
    expect(spareAfter(8, 50).toClaim(0)).toBe(0);
    expect(spareAfter(8).toClaim(3)).toBe(3);
    expect(spareAfter(32, 300).toClaim(3)).toBe(3);
  });

  test("follow the trials as these become longer", () => {
    const spare = spareAfter(2, 50, ...Array<number>(100).fill(100));
    expect(spare.toClaim(1)).toBe(2);
  });
});
