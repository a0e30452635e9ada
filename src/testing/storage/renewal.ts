import type { Experiment } from "../../model/experiment.ts";
import type { Storage } from "../../storage/storage.ts";
import { numbersOf, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

async function brokenGrid(
  storage: Storage,
  size: number,
  broken: number,
  name: string = "grid",
): Promise<Experiment> {
  const experiment = await storedGrid(storage, size, { name });
  for (let i = 0; i < broken; i += 1) await trialIn(storage, experiment, "broken");
  return experiment;
}

export function renewalTests({ test, expect }: StorageTests): void {
  test("broken trials are made new, and what they were stays on record", async (storage) => {
    const experiment = await brokenGrid(storage, 5, 3);
    const broken = await storage.getBrokenTrials(experiment);
    expect(broken.map(({ params }) => params["x"])).toEqual([0, 1, 2]);
    const some = await storage.getBrokenTrials(experiment, { "params.x": { $gt: 0 } });
    expect(some).toEqual(broken.slice(1));
    expect(await storage.renewBroken(experiment, some)).toBe(2);
    expect(numbersOf(await storage.fetchTrialsByStatus(experiment, "broken"))).toEqual([0]);
    expect(await storage.getTrial(some[0]!.id)).toMatchObject({ status: "new", error: null });
    expect(await storage.getAttempts(some[0]!.id)).toMatchObject([{ status: "broken" }]);
  });

  test("what changed since it was found is left: what broke again is not renewed again", async (storage) => {
    const experiment = await brokenGrid(storage, 3, 3);
    const broken = await storage.getBrokenTrials(experiment);
    expect(await storage.renewBroken(experiment, broken)).toBe(3);
    await trialIn(storage, experiment, "broken");
    await trialIn(storage, experiment, "completed");
    expect(await storage.renewBroken(experiment, broken)).toBe(0);
    expect((await storage.getTrials(experiment)).map(({ status }) => status)).toEqual([
      "broken",
      "completed",
      "new",
    ]);
  });

  test("no more broken trials are made new than a limit has places for", async (storage) => {
    const experiment = await brokenGrid(storage, 10, 6);
    const broken = await storage.getBrokenTrials(experiment);
    expect(await storage.renewBroken(experiment, broken, { maxTrials: 4 })).toBe(0);
    expect(await storage.renewBroken(experiment, broken, { maxTrials: 6 })).toBe(2);
    expect(await storage.renewBroken(experiment, broken, { maxTrials: 6 })).toBe(0);
    expect(numbersOf(await storage.fetchTrialsByStatus(experiment, "broken"))).toEqual([
      2, 3, 4, 5,
    ]);
    expect(await storage.renewBroken(experiment, broken, { maxTrials: 10 })).toBe(4);
  });

  test("many who renew at the same time never exceed a limit together, and reach it", async (storage, again) => {
    const handles = [storage, await again()];
    const exact = storage.database.capabilities.atomicBatch;
    for (let round = 0; round < 5; round += 1) {
      const experiment = await brokenGrid(storage, 12, 10, `round ${String(round)}`);
      const renewed = await Promise.all(
        Array.from({ length: 6 }, async (_, i) => {
          const handle = handles[i % 2] ?? storage;
          // Each begins elsewhere, so that it is not the trials that keep them apart.
          const broken = await handle.getBrokenTrials(experiment);
          const order = [...broken.slice(i), ...broken.slice(0, i)];
          return await handle.renewBroken(experiment, order, { maxTrials: 6 });
        }),
      );
      const sum = renewed.reduce((total, count) => total + count, 0);
      expect(exact ? sum === 4 : sum >= 4).toBe(true);
      expect(await storage.countBrokenTrials(experiment)).toBe(10 - sum);
      expect((await storage.claimTrials(experiment, "holder", 12, { maxTrials: 6 })).length).toBe(
        6,
      );
    }
  });

  test("many broken trials are made new in one call", async (storage) => {
    const experiment = await storedGrid(storage, 2500);
    expect(await storage.updateTrials(experiment, { status: "broken" })).toEqual({
      changed: 2500,
      left: 0,
      leftByStatus: {},
    });
    const broken = await storage.getBrokenTrials(experiment);
    expect(await storage.renewBroken(experiment, broken, { maxTrials: 2100 })).toBe(2100);
    expect(await storage.countTrials(experiment, "new")).toBe(2100);
  });

  test("renewing trials of a deleted experiment is NOT_FOUND", async (storage) => {
    const experiment = await brokenGrid(storage, 2, 1);
    const broken = await storage.getBrokenTrials(experiment);
    await storage.deleteExperiment(experiment);
    const gone = { code: "NOT_FOUND" };
    await expect(storage.getBrokenTrials(experiment)).rejects.toMatchObject(gone);
    await expect(storage.renewBroken(experiment, broken)).rejects.toMatchObject(gone);
  });
}
