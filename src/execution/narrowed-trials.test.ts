import { expect, describe, onTestFinished, test } from "vitest";
import type { Experiment } from "../model/experiment.ts";
import { choice, integer, linspace, uniform } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import type { Space } from "../space/space.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { NarrowedTrials } from "./narrowed-trials.ts";

interface Bench {
  readonly storage: Storage;
  readonly experiment: Experiment;
  /** The source of a new run. */
  run(
    values: Readonly<Record<string, unknown>>,
    options?: { readonly maxTrials?: number; readonly holder?: string; signal?: AbortSignal },
  ): Promise<NarrowedTrials>;
  complete(trials: readonly ClaimedTrial[]): Promise<void>;
}

/** Twelve trials: number 6 is the first of those with b. */
const grid = createSpace({ side: choice(["a", "b"]), x: linspace(0, 1, 6) });

async function stored(space: Space = grid, leaseMs?: number): Promise<Bench> {
  const storage = await openStorage("memory:", leaseMs === undefined ? {} : { leaseMs });
  onTestFinished(() => storage.close());
  const experiment = await storage.createExperiment({ name: "narrowed", space, seed: 1 });
  return {
    storage,
    experiment,
    async run(values, { maxTrials = Infinity, holder = "me", signal } = {}) {
      const narrowed = space.narrow(values);
      return await NarrowedTrials.open({
        storage,
        experiment,
        narrowed,
        maxTrials,
        holder,
        signal,
      });
    },
    async complete(trials) {
      for (const { id } of trials) await storage.completeTrial(id, {});
    },
  };
}

const numbers = (trials: readonly ClaimedTrial[]): number[] => trials.map(({ number }) => number);

/** Claims and completes until nothing is left, asking in the order in which a run asks. */
async function finish(bench: Bench, source: NarrowedTrials, step: number): Promise<number[]> {
  const ran: number[] = [];
  for (;;) {
    let claimed = await source.claim(step);
    if (claimed.length === 0) {
      const isAwaited = await source.isAwaited();
      claimed = await source.claim(step);
      expect(isAwaited).toBe(claimed.length > 0);
    }
    if (claimed.length === 0) return ran;
    await bench.complete(claimed);
    ran.push(...numbers(claimed));
  }
}

describe("a narrowed grid", () => {
  test.each([1, 2, 5, 100])("is handed out once, in its order, %i at a time", async (step) => {
    const bench = await stored();
    expect(await finish(bench, await bench.run({ side: "b" }), step)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(await bench.storage.countTrials("narrowed")).toBe(6);
  });

  test("of a million combinations is registered no further than it is claimed", async () => {
    const axis = linspace(0, 1, 1000);
    const bench = await stored(createSpace({ side: choice([1, 2]), x: axis, y: axis }));
    const source = await bench.run({ side: 2 });
    expect(numbers(await source.claim(3))).toEqual([1_000_000, 1_000_001, 1_000_002]);
    expect(await bench.storage.countTrials("narrowed")).toBe(3);
    expect(source.scope).toMatchObject({ total: 1_000_000, skipped: 0 });
  });

  test("passes over what is finished, and counts what was completed and what broke", async () => {
    const bench = await stored();
    const all = await (await bench.run({ side: "b" })).claim(6);
    await bench.complete(all.slice(1, 4));
    await bench.storage.setTrialStatus(all[4]!.id, "broken");
    for (const at of [0, 5]) await bench.storage.releaseTrial(all[at]!, "new");
    const source = await bench.run({ side: "b" });
    expect(await finish(bench, source, 1)).toEqual([6, 11]);
    expect(source.scope).toMatchObject({ total: 5, skipped: 3, leftBroken: 1 });
  });

  test("that two runs share gives each trial to one of them", async () => {
    const bench = await stored();
    const one = await bench.run({ side: "b" }, { holder: "one" });
    const other = await bench.run({ side: "b" }, { holder: "other" });
    const got: number[] = [];
    for (const source of [one, other, one, other]) got.push(...numbers(await source.claim(2)));
    expect(got).toEqual([6, 7, 8, 9, 10, 11]);
    expect(await other.isAwaited()).toBe(true);
  });

  test("includes what was inserted with its values outside of the grid", async () => {
    const bench = await stored();
    await bench.storage.registerTrial("narrowed", { side: "b", x: 0.5 });
    await bench.storage.registerTrial("narrowed", { side: "b", x: 0.7 }, { results: {} });
    await bench.storage.registerTrial("narrowed", { side: "a", x: 0.7 });
    const source = await bench.run({ side: "b" });
    expect(await finish(bench, source, 10)).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(source.scope).toMatchObject({ total: 8, skipped: 1 });
  });

  test("whose value the grid lacks is numbered behind it, and found again", async () => {
    const bench = await stored();
    const first = await bench.run({ x: 0.5 });
    expect(await finish(bench, first, 10)).toEqual([12, 13]);
    const second = await bench.run({ x: 0.5 });
    expect(await finish(bench, second, 10)).toEqual([]);
    expect(second.scope).toMatchObject({ total: 2, skipped: 2 });
  });

  test("is left when the run is interrupted", async () => {
    const bench = await stored();
    const source = await bench.run({ side: "b" }, { signal: AbortSignal.abort() });
    expect(await source.claim(5)).toEqual([]);
    expect(await bench.storage.countTrials("narrowed")).toBe(0);
  });
});

describe("a trial of a narrowed run", () => {
  test("that was given back is handed out again, also while another is held elsewhere", async () => {
    const bench = await stored();
    const source = await bench.run({ side: "b" });
    const [held] = await (await bench.run({ side: "b" }, { holder: "another" })).claim(1);
    const claimed = await source.claim(10);
    expect(numbers(claimed)).toEqual([7, 8, 9, 10, 11]);
    expect(await source.claim(10)).toEqual([]);
    await bench.storage.releaseTrial(claimed[2]!, "new");
    expect(numbers(await source.claim(10))).toEqual([9]);
    await bench.complete(claimed);
    expect(await source.isAwaited()).toBe(true);
    await bench.complete([held!]);
    expect(await source.isAwaited()).toBe(false);
  });

  test("that was made new while the run went on is handed out again", async () => {
    const bench = await stored();
    const source = await bench.run({ side: "b" });
    const claimed = await source.claim(10);
    await bench.complete(claimed);
    await bench.storage.markTrialIncomplete(claimed[1]!.id);
    expect(await finish(bench, source, 10)).toEqual([7]);
  });

  test("is taken over when its holder's lease is over", async () => {
    const bench = await stored(grid, 0);
    await (await bench.run({ side: "b", x: 0 }, { holder: "elsewhere/1/2/3/4" })).claim(1);
    const source = await bench.run({ side: "b", x: 0 });
    const [taken] = await source.claim(1);
    expect(taken).toMatchObject({ number: 6, token: 2 });
  });

  test("of other values is neither run nor awaited", async () => {
    const bench = await stored();
    await bench.storage.registerTrial("narrowed", { side: "a", x: 0 }, { reserveFor: "another" });
    await bench.storage.registerTrial("narrowed", { side: "a", x: 1 });
    const source = await bench.run({ side: "b", x: 1 });
    expect(await finish(bench, source, 10)).toEqual([11]);
  });
});

describe("maxTrials of a narrowed run", () => {
  test("is never exceeded, and a broken trial gives its place away", async () => {
    const bench = await stored();
    const source = await bench.run({ side: "b" }, { maxTrials: 3 });
    expect(source.scope.total).toBe(3);
    const claimed = await source.claim(10);
    expect(numbers(claimed)).toEqual([6, 7, 8]);
    expect(await source.claim(10)).toEqual([]);
    await bench.storage.setTrialStatus(claimed[0]!.id, "broken");
    const more = await source.claim(10);
    expect(numbers(more)).toEqual([9]);
    await bench.complete([...claimed.slice(1), ...more]);
    expect(await finish(bench, source, 10)).toEqual([]);
    expect(source.scope).toMatchObject({ total: 4, skipped: 0 });
  });

  test("holds for open trials that were registered without it", async () => {
    const bench = await stored();
    for (const x of [0, 0.2, 1]) await bench.storage.registerTrial("narrowed", { side: "b", x });
    const source = await bench.run({ side: "b" }, { maxTrials: 2 });
    expect(await finish(bench, source, 10)).toHaveLength(2);
  });

  test("that leaves no place does not hide what is completed or open behind the first place", async () => {
    const bench = await stored();
    const [open] = await (await bench.run({ x: 1 })).claim(1);
    await bench.complete(await (await bench.run({ side: "b" })).claim(3));
    await bench.storage.releaseTrial(open!, "new");
    await bench.storage.registerTrial("narrowed", { side: "a", x: 0.2 }, { results: {} });
    // Five are stored: 1 and 6, 7, 8 are completed, 5 is open.
    const full = await bench.run({ side: "a" }, { maxTrials: 5 });
    expect(await finish(bench, full, 10)).toEqual([5]);
    expect(full.scope).toMatchObject({ total: 2, skipped: 1 });
    const over = await bench.run({ side: "b" }, { maxTrials: 2 });
    expect(await finish(bench, over, 10)).toEqual([]);
    expect(over.scope).toMatchObject({ total: 3, skipped: 3 });
  });

  test("counts right for values that the grid lacks", async () => {
    const bench = await stored();
    await finish(bench, await bench.run({ side: "b", x: 0.5 }), 10);
    const source = await bench.run({ x: 0.5 }, { maxTrials: 1 });
    expect(await finish(bench, source, 10)).toEqual([]);
    expect(source.scope).toMatchObject({ total: 1, skipped: 1 });
  });
});

describe("a narrowed space that is sampled", () => {
  const space = createSpace({ n: integer(1, 3), x: uniform(0, 1) });

  test("is drawn from until all of it, or the limit, is reached", async () => {
    const bench = await stored(space);
    const all = await bench.run({ x: 0.5 }, { maxTrials: 100 });
    expect(await finish(bench, all, 2)).toHaveLength(3);
    expect(all.scope).toMatchObject({ total: 3, skipped: 0 });
    const limited = await bench.run({ n: 2 }, { maxTrials: 10 });
    expect(limited.scope).toMatchObject({ total: 8, skipped: 1 });
    expect(await finish(bench, limited, 3)).toHaveLength(7);
    expect(limited.scope).toMatchObject({ total: 8, skipped: 1 });
    const trials = await bench.storage.getTrials("narrowed");
    expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(10);
  });

  test("gives the same trials in steps of any size, and takes up what is open", async () => {
    const drawn = async (step: number): Promise<unknown[]> => {
      const bench = await stored(space);
      const source = await bench.run({ n: 2 }, { maxTrials: 9 });
      await finish(bench, source, step);
      return (await bench.storage.getTrials("narrowed")).map(({ params }) => params);
    };
    expect(await drawn(1)).toEqual(await drawn(100));
    const bench = await stored(space);
    await bench.storage.registerTrial("narrowed", { n: 2, x: 0.25 });
    expect(await finish(bench, await bench.run({ n: 2 }, { maxTrials: 1 }), 1)).toEqual([0]);
  });
});
