import {
  claimed,
  everythingOf,
  numbersOf,
  registerGrid,
  reserved,
  results,
  storedGrid,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function administrationTests({ test, expect }: StorageTests): void {
  test("a trial is updated when it matches", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const { id } = await trialIn(storage, experiment, "broken");
    expect(await storage.updateTrial(id, { status: "new" }, { status: "interrupted" })).toBe(0);
    expect(await storage.updateTrial(id, { status: "new" }, { "params.x": 1 })).toBe(0);
    expect((await storage.getTrial(id)).status).toBe("broken");
    expect(await storage.updateTrial(id, { status: "suspended" }, { "params.x": 0 })).toBe(1);
    expect(await storage.updateTrial(id, { status: "completed", results })).toBe(1);
    expect(await storage.getTrial(id)).toMatchObject({ status: "completed", results });
  });

  test("the error of a trial that broke unstarted does not pass to its first attempt", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const unstarted = await claimed(storage, experiment);
    await storage.releaseTrial(unstarted, "broken", { cause: "lost", message: "given up" });
    expect((await storage.getTrial(unstarted.id)).error).toMatchObject({ message: "given up" });
    await storage.setTrialStatus(unstarted.id, "interrupted");
    await trialIn(storage, experiment, "completed");
    expect(await storage.getTrial(unstarted.id)).toMatchObject({
      status: "completed",
      error: null,
    });
  });

  test("trials are updated where they match and may be, and the rest is counted", async (storage) => {
    const experiment = await storedGrid(storage, 6);
    await trialIn(storage, experiment, "completed");
    await trialIn(storage, experiment, "broken");
    await trialIn(storage, experiment, "pruned");
    await reserved(storage, experiment);
    expect(await storage.updateTrials(experiment, { status: "interrupted" })).toEqual({
      changed: 5,
      left: 1,
      leftByStatus: { completed: 1 },
    });
    expect((await storage.getTrials(experiment)).map(({ status }) => status)).toEqual([
      "completed",
      "interrupted",
      "interrupted",
      "interrupted",
      "interrupted",
      "interrupted",
    ]);
    const where = { status: "interrupted", "params.x": { $gte: 4 } };
    expect(await storage.updateTrials(experiment, { status: "suspended" }, where)).toEqual({
      changed: 2,
      left: 0,
      leftByStatus: {},
    });
    expect(await storage.updateTrials("grid", { status: "new" }, { status: "broken" })).toEqual({
      changed: 0,
      left: 0,
      leftByStatus: {},
    });
    expect(await storage.countTrials(experiment, "suspended")).toBe(2);
  });

  test("conditions on the number hold while pages are read by it", async (storage) => {
    const experiment = await storedGrid(storage, 8);
    const update = async (number: unknown): Promise<number> =>
      (await storage.updateTrials(experiment, { status: "suspended" }, { number })).changed;
    expect(await update({ $gt: 5 })).toBe(2);
    expect(await update({ $gte: 2, $lt: 4 })).toBe(2);
    expect(await update(0)).toBe(1);
    expect(await update({ $in: [1, 4] })).toBe(2);
    expect(await update(99)).toBe(0);
    expect(await update(null)).toBe(0);
    const suspended = await storage.fetchTrialsByStatus(experiment, "suspended");
    expect(numbersOf(suspended)).toEqual([0, 1, 2, 3, 4, 6, 7]);
  });

  test("results are given to many, and checked before any is changed", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    await expect(
      storage.updateTrials(experiment, { status: "completed", results: { accuracy: 1 } }),
    ).rejects.toMatchObject({ code: "INVALID_RESULTS" });
    expect(await storage.countTrials(experiment, "new")).toBe(3);
    expect(await storage.updateTrials(experiment, { status: "completed", results })).toEqual({
      changed: 3,
      left: 0,
      leftByStatus: {},
    });
    expect((await storage.bestTrial(experiment))?.number).toBe(0);
  });

  test("other fields than status and results cannot be changed", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(experiment);
    const before = await everythingOf(storage, id);
    for (const update of [
      { params: { x: 1 } },
      { yoopidoo: 2 },
      { status: "new", number: 4 },
      {},
    ]) {
      const wrong = update as object;
      await expect(storage.updateTrial(id, wrong)).rejects.toMatchObject({ code: "INVALID_VALUE" });
      await expect(storage.updateTrials(experiment, wrong)).rejects.toMatchObject({
        code: "INVALID_VALUE",
      });
    }
    expect(await everythingOf(storage, id)).toEqual(before);
  });

  test("many who change one trial at the same time do not lose an attempt or a change", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    const other = await again();
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        await (i % 2 === 0 ? storage : other).setTrialStatus(id, i % 3 === 0 ? "new" : "suspended");
      }),
    );
    expect((await storage.getAttempts(id)).length).toBe(1);
    expect(["new", "suspended"].includes((await storage.getTrial(id)).status)).toBe(true);
  });

  test("a completed trial that is made new is run again, and nothing else", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    for (let i = 0; i < 3; i += 1) await trialIn(storage, experiment, "completed");
    const ids = await storage.getTrialIds(experiment);
    await storage.markTrialIncomplete(ids[1] ?? "");
    expect(numbersOf(await storage.fetchPendingTrials(experiment))).toEqual([1]);
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 9))).toEqual([1]);
  });

  test("deleted trials are registered again by the grid, and only they", async (storage) => {
    const experiment = await storedGrid(storage, 5);
    await trialIn(storage, experiment, "completed");
    await trialIn(storage, experiment, "broken");
    const before = await storage.getTrialIds(experiment);
    expect(await storage.deleteTrials(experiment, { status: "broken" })).toBe(1);
    expect(await storage.deleteTrials(experiment, { "params.x": { $gt: 2 } })).toBe(2);
    expect(await storage.deleteTrials(experiment, { number: 77 })).toBe(0);
    expect(numbersOf(await storage.getTrials(experiment))).toEqual([0, 2]);
    expect(await storage.findTrial(before[1] ?? "")).toBe(undefined);
    await registerGrid(storage, await storage.getExperiment(experiment));
    expect(await storage.getTrialIds(experiment)).toEqual(before);
    expect((await storage.getTrials(experiment)).map(({ status }) => status)).toEqual([
      "completed",
      "new",
      "new",
      "new",
      "new",
    ]);
  });

  test("deleting trials deletes all that belongs to them, and nothing of others", async (storage) => {
    const one = await storedGrid(storage, 2, { name: "one" });
    const other = await storedGrid(storage, 1, { name: "other" });
    for (const experiment of [one, other]) {
      const { id } = await trialIn(storage, experiment, "interrupted");
      await storage.saveSnapshot(id, { step: 1 });
      await storage.saveArtifact(id, "a.txt", Buffer.from("content"));
    }
    const [kept = ""] = await storage.getTrialIds(other);
    const before = await everythingOf(storage, kept);
    expect(await storage.deleteTrials(one, { number: 0 })).toBe(1);
    await registerGrid(storage, await storage.getExperiment(one));
    const [again = ""] = await storage.getTrialIds(one);
    expect(await everythingOf(storage, again)).toMatchObject({
      attempts: [],
      snapshots: [],
      artifacts: [],
      metrics: [],
    });
    expect(await storage.saveSnapshot(again, "fresh")).toBe(1);
    expect(await everythingOf(storage, kept)).toEqual(before);
  });

  test("many trials are deleted in one call", async (storage) => {
    const experiment = await storedGrid(storage, 2500);
    const told: number[] = [];
    const onProgress = (trials: number): number => told.push(trials);
    const where = { number: { $gte: 10 } };
    expect(await storage.deleteTrials(experiment, where, { onProgress })).toBe(2490);
    expect(told.at(-1)).toBe(2490);
    expect(told.length > 2).toBe(true);
    expect(await storage.countTrials(experiment)).toBe(10);
  });
}
