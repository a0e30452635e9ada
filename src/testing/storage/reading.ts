import { choice, uniform } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import {
  briefLease,
  collect,
  gridSpec,
  numbersOf,
  registerGrid,
  reserved,
  results,
  storedGrid,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function readingTests({ test, expect }: StorageTests): void {
  test("a trial is found by its id, or a part of it that only one has", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const ids = await storage.getTrialIds(experiment);
    for (const [number, id] of ids.entries()) {
      expect(/^[0-9a-f]{32}$/.test(id)).toBe(true);
      expect((await storage.getTrial(id)).number).toBe(number);
      expect((await storage.getTrial(id.slice(0, 20))).number).toBe(number);
      expect((await storage.findTrial(id.slice(0, 12)))?.id).toBe(id);
      expect((await storage.getExperimentOfTrial(id)).id).toBe(experiment.id);
    }
    for (const id of ["", "abc", "0".repeat(32), "ffffffffffff", "nonsense", "%"]) {
      await expect(storage.getTrial(id), id).rejects.toMatchObject({
        code: "NOT_FOUND",
        message: `No trial "${id}" in ${storage.location}`,
      });
      expect(await storage.findTrial(id)).toBe(undefined);
    }
  });

  test("a part of an id that several have is an error that says so", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(3000));
    await registerGrid(storage, experiment);
    const ids = await storage.getTrialIds(experiment);
    const prefixes = new Map<string, number>();
    for (const id of ids) {
      const prefix = id.slice(0, 4);
      prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
    }
    // Of 3,000 ids about 68 pairs share their first four digits.
    const [shared = ""] = [...prefixes].find(([, count]) => count > 1) ?? [];
    await expect(storage.getTrial(shared)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `Several trials have an id that begins with "${shared}"`,
    });
  });

  test("a trial is found by its number", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    expect((await storage.getTrialByNumber(experiment, 2)).params["x"]).toBe(2);
    expect((await storage.getTrialByNumber("grid@1", 0)).params["x"]).toBe(0);
    await expect(storage.getTrialByNumber("grid", 3)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: '"grid" has no trial number 3',
    });
  });

  test("trials are read page by page, in the order of their numbers", async (storage) => {
    const experiment = await storedGrid(storage, 2300);
    const numbers = Array.from({ length: 2300 }, (_, i) => i);
    expect(numbersOf(await storage.getTrials(experiment))).toEqual(numbers);
    const page = async (options: object): Promise<number[]> =>
      numbersOf(await collect(storage.eachTrial(experiment, options)));
    expect(await page({})).toEqual(numbers);
    expect(await page({ after: 2290 })).toEqual(numbers.slice(2291));
    expect(await page({ limit: 1500 })).toEqual(numbers.slice(0, 1500));
    expect(await page({ after: 4, limit: 2 })).toEqual([5, 6]);
    expect(await page({ limit: 0 })).toEqual([]);
    expect(await page({ where: { number: { $gt: 2000 } }, after: 10 })).toEqual(
      numbers.slice(2001),
    );
    expect(await page({ where: { number: { $gt: 10 } }, after: 2297 })).toEqual([2298, 2299]);
    expect(await page({ where: { number: 7 }, after: 3 })).toEqual([7]);
    expect(await page({ where: { number: 7 }, after: 7 })).toEqual([]);
  });

  test("trials are fetched by what they were given and found", async (storage) => {
    const experiment = await storedGrid(storage, 5);
    for (const loss of [0.5, 0.25, NaN]) {
      const claim = await reserved(storage, experiment);
      await storage.pushTrialResults(experiment, claim, { loss, deep: { list: [loss] } });
    }
    const fetch = async (where: object): Promise<number[]> =>
      numbersOf(await storage.fetchTrials(experiment, { ...where }));
    expect(await fetch({})).toEqual([0, 1, 2, 3, 4]);
    expect(await fetch({ "params.x": { $in: [1, 4] } })).toEqual([1, 4]);
    expect(await fetch({ "results.loss": { $lt: 0.4 } })).toEqual([1]);
    expect(await fetch({ "results.loss": NaN })).toEqual([2]);
    expect(await fetch({ "results.loss": { $exists: false } })).toEqual([3, 4]);
    expect(await fetch({ results: null })).toEqual([3, 4]);
    expect(await fetch({ "results.deep.list": [0.5] })).toEqual([0]);
    expect(await fetch({ status: "completed", number: { $gte: 1 } })).toEqual([1, 2]);
    expect(await fetch({ number: { $gt: 2 } })).toEqual([3, 4]);
    expect(await fetch({ number: 3 })).toEqual([3]);
    expect(await fetch({ number: { $ne: 3 }, status: "new" })).toEqual([4]);
    await expect(fetch({ "params.x": { $near: 1 } })).rejects.toMatchObject({
      code: "INVALID_QUERY",
    });
  });

  test("trials are fetched by their state", async (storage, again) => {
    const experiment = await storedGrid(storage, 8);
    for (const status of ["completed", "broken", "pruned", "reserved"] as const) {
      await trialIn(storage, experiment, status);
    }
    const [suspended, interrupted] = await storage.claimTrials(experiment, "holder", 2);
    await storage.releaseTrial(suspended!, "suspended");
    await storage.releaseTrial(interrupted!, "interrupted");
    await storage.claimTrialsById((await storage.getTrialIds(experiment)).slice(6, 7), "holder");
    const brief = await again(briefLease);
    await brief.claimTrialsById((await storage.getTrialIds(experiment)).slice(7), "lost");

    expect(numbersOf(await storage.fetchTrialsByStatus(experiment, "broken"))).toEqual([1]);
    expect(numbersOf(await storage.fetchTrialsByStatus(experiment, "reserved"))).toEqual([3, 6, 7]);
    expect(numbersOf(await storage.fetchPendingTrials(experiment))).toEqual([4, 5]);
    expect(numbersOf(await storage.fetchNoncompletedTrials(experiment))).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(numbersOf(await storage.fetchLostTrials(experiment))).toEqual([7]);
    expect(await storage.countTrials(experiment)).toBe(8);
    expect(await storage.countTrials(experiment, "reserved")).toBe(3);
    expect(await storage.countCompletedTrials(experiment)).toBe(1);
    expect(await storage.countBrokenTrials(experiment)).toBe(1);
    expect(await storage.countByStatus(experiment)).toEqual({
      total: 8,
      new: 0,
      reserved: 3,
      suspended: 1,
      completed: 1,
      interrupted: 1,
      broken: 1,
      pruned: 1,
    });
  });

  test("what the space still holds counts as new", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(10));
    expect(await storage.countByStatus(experiment)).toMatchObject({ total: 10, new: 10 });
    await registerGrid(storage, experiment);
    await trialIn(storage, experiment, "completed");
    expect(await storage.countByStatus(experiment)).toMatchObject({
      total: 10,
      new: 9,
      completed: 1,
    });
  });

  test("progress is told without results", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const { id } = await trialIn(storage, experiment, "completed");
    const progress = await storage.getProgress("grid");
    expect(progress[0]).toEqual({
      id,
      number: 0,
      status: "completed",
      params: { x: 0, fixed: "constant" },
      completed: true,
    });
    expect(progress.map(({ completed }) => completed)).toEqual([true, false, false]);
    expect(Object.hasOwn(progress[0] ?? {}, "results")).toBe(false);
  });

  test("the completed ratio is a number from 0 to 1, and undefined of nothing", async (storage) => {
    const space = createSpace({ x: uniform(0, 1) });
    const empty = await storage.createExperiment({ name: "sampled", space, maxTrials: 4 });
    expect(await storage.getCompletedRatio(empty)).toBe(undefined);
    const experiment = await storedGrid(storage, 4);
    expect(await storage.getCompletedRatio("grid")).toBe(0);
    await trialIn(storage, experiment, "completed");
    expect(await storage.getCompletedRatio("grid")).toBe(0.25);
    await trialIn(storage, experiment, "broken");
    expect(await storage.getCompletedRatio("grid")).toBe(0.25);
  });

  test("the completed ratio of a grid counts what is not registered yet", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(4));
    expect(await storage.getCompletedRatio(experiment)).toBe(0);
    await storage.registerTrial(experiment, { x: 0 }, { results });
    expect(await storage.getCompletedRatio(experiment)).toBe(0.25);
  });

  for (const direction of ["minimize", "maximize"] as const) {
    test(`the best trial is the first of those that ${direction} the objective`, async (storage) => {
      const objectives = [{ name: "loss", direction }];
      const experiment = await storedGrid(storage, 8, { objectives });
      expect(await storage.bestTrial(experiment)).toBe(undefined);
      const losses = direction === "minimize" ? [3, NaN, 1, 1, 2] : [3, NaN, 5, 5, 4];
      for (const loss of losses) {
        const claim = await reserved(storage, experiment);
        await storage.pushTrialResults(experiment, claim, { loss });
      }
      expect((await storage.bestTrial(experiment))?.number).toBe(2);
      const { id } = await storage.getTrialByNumber(experiment, 2);
      await storage.markTrialIncomplete(id);
      expect((await storage.bestTrial(experiment))?.number).toBe(3);
    });
  }

  test("infinite objectives are the best or the worst, and -0 is 0", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    for (const loss of [Infinity, -0, -Infinity]) {
      const claim = await reserved(storage, experiment);
      await storage.pushTrialResults(experiment, claim, { loss });
    }
    expect((await storage.bestTrial(experiment))?.number).toBe(2);
    expect((await storage.getTrialByNumber(experiment, 1)).results).toEqual({ loss: -0 });
  });

  test("without an objective no trial is the best, and it says so", async (storage) => {
    const space = createSpace({ x: choice([1]) });
    const experiment = await storage.createExperiment({ name: "plain", space });
    await registerGrid(storage, experiment);
    await trialIn(storage, experiment, "completed");
    expect((await storage.getTrials(experiment))[0]?.results).toEqual(results);
    await expect(storage.bestTrial("plain")).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message:
        '"plain" declares no objective, so none of its trials is the best; declare objective: { minimize: "…" }',
    });
  });
}
