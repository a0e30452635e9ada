import fc from "fast-check";
import { expect, test } from "vitest";
import type { Trial } from "../../model/trial.ts";
import { orderTrials } from "./order-trials.ts";

async function* trialsWith(values: readonly unknown[]): AsyncGenerator<Trial, void> {
  for (const [number, loss] of values.entries()) {
    yield {
      number,
      id: "",
      status: "completed",
      attempt: 1,
      params: {},
      results: { loss },
      error: null,
      seed: 0,
      run: null,
      worker: null,
      createdAt: "2026-01-01T00:00:00.000Z",
      startedAt: null,
      endedAt: null,
      durationMs: null,
      metrics: {},
    };
  }
}

test("orders by value, then by number, with what has none last in both directions", async () => {
  const values = [3, undefined, 1, NaN, 3, null, 2n];
  const up = await orderTrials(trialsWith(values), { name: "loss", descending: false });
  expect(up).toEqual([2, 6, 0, 4, 1, 3, 5]);
  const down = await orderTrials(trialsWith(values), { name: "loss", descending: true });
  expect(down).toEqual([0, 4, 6, 2, 1, 3, 5]);
});

test("with a limit gives the beginning of what it gives without one", async () => {
  const values = fc.array(fc.oneof(fc.integer({ max: 50, min: 0 }), fc.constant(undefined)), {
    maxLength: 3000,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(values, fc.nat(20), fc.boolean(), async (list, limit, descending) => {
      const order = { name: "loss", descending };
      const all = await orderTrials(trialsWith(list), order);
      expect(await orderTrials(trialsWith(list), order, limit)).toEqual(all.slice(0, limit));
    }),
    { numRuns: 20 },
  );
});
