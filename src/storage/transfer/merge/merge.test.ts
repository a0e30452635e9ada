import { describe, expect, onTestFinished, test } from "vitest";
import { oneByOne } from "../../../../test/support/one-by-one.ts";
import { choice, uniform } from "../../../space/constructors.ts";
import { createSpace } from "../../../space/create-space.ts";
import { contentsOf } from "../../../testing/storage/contents-of.ts";
import { gridSpec, reserved, results, storedGrid } from "../../../testing/storage/fixtures.ts";
import { furnish } from "../../../testing/storage/furnished.ts";
import { encodePoints } from "../../metrics.ts";
import { openStorage } from "../../open-storage.ts";
import { createStorage, type Storage } from "../../storage.ts";
import { copyDatabase, mergeDatabases } from "../../transfer-database.ts";
import { verifyDatabase } from "../../verify-database.ts";

async function opened(): Promise<Storage> {
  const storage = await openStorage("memory:");
  onTestFinished(() => storage.close());
  return storage;
}

async function split(): Promise<Storage> {
  const { database, leaseMs } = await opened();
  return createStorage({ database: oneByOne(database), leaseMs, wallClock: () => new Date() });
}

async function expectVerified(storage: Storage): Promise<void> {
  expect((await verifyDatabase(storage)).problems).toEqual([]);
}

/** Runs a trial as a worker does, with all that it may leave. */
async function ran(storage: Storage, number: number, loss: number): Promise<void> {
  const experiment = await storage.getExperiment("grid");
  const run = await storage.startRun(experiment, {
    command: ["run"],
    environment: {},
    holder: "h",
  });
  const id = (await storage.fetchTrials(experiment, { number }))[0]!.id;
  const [trial] = await storage.claimTrialsById([id], "holder");
  const points = encodePoints([{ name: "m", step: 0, time: 0, value: loss }]);
  const startedAt = new Date().toISOString();
  await storage.commitReports([
    { kind: "started", trial: trial!, startedAt, worker: "w", run: run.reference },
    { kind: "metrics", trial: trial!, chunk: 0, count: 1, before: 0, points, last: '{"m":1}' },
  ]);
  await storage.saveSnapshot(id, { loss }, "saved", { lease: trial! });
  await storage.saveArtifact(id, "model", Buffer.from(`weights ${String(loss)}`), trial);
  await storage.pushTrialResults(experiment, trial!, { loss });
  await storage.updateRun(run, { status: "completed" });
}

async function idOf(storage: Storage, number: number): Promise<string> {
  return (await storage.fetchTrials("grid", { number }))[0]!.id;
}

describe.each([
  ["a storage with transactions", opened],
  ["a storage without", split],
])("into %s", (_, open) => {
  test("experiments that the primary does not know come whole", async () => {
    const [primary, secondary] = [await open(), await opened()];
    await furnish(secondary);
    const { experiments } = await mergeDatabases(primary, secondary, { names: ["drawn"] });
    expect(experiments).toMatchObject([{ name: "drawn", outcome: "moved", added: 3 }]);
    expect(await contentsOf(primary, "drawn")).toEqual(await contentsOf(secondary, "drawn"));
    await expectVerified(primary);
  });

  test("results are taken where the primary has none, with all that is behind them, once", async () => {
    const [primary, secondary] = [await open(), await opened()];
    await storedGrid(primary, 4);
    await storedGrid(secondary, 4);
    for (const number of [0, 2]) await ran(secondary, number, number);
    await ran(primary, 0, 0);
    const first = await mergeDatabases(primary, secondary);
    expect(first).toMatchObject({
      experiments: [{ outcome: "merged", added: 0, taken: 1 }],
      differenceCount: 0,
    });
    const id = await idOf(primary, 2);
    expect(await primary.getTrial(id)).toMatchObject({ status: "completed", results: { loss: 2 } });
    expect(await primary.getSnapshots(id)).toMatchObject([{ state: { loss: 2 }, attempt: 1 }]);
    expect((await primary.readArtifact(id, "model")).toString()).toBe("weights 2");
    await expectVerified(primary);
    const once = await contentsOf(primary, "grid");
    expect(await mergeDatabases(primary, secondary)).toMatchObject({
      experiments: [{ added: 0, taken: 0 }],
    });
    expect(await contentsOf(primary, "grid")).toEqual(once);
  });

  test("attempts and snapshots of the primary stay, and those of the secondary follow them", async () => {
    const [primary, secondary] = [await open(), await opened()];
    for (const storage of [primary, secondary]) await storedGrid(storage, 2);
    const failed = await reserved(primary, await primary.getExperiment("grid"));
    await primary.saveSnapshot(failed.id, { step: 1 }, "mine", { lease: failed });
    await primary.saveArtifact(failed.id, "model", Buffer.from("mine"), failed);
    await primary.releaseTrial(failed, "broken", { cause: "error", message: "bad" });
    await ran(secondary, 0, 5);
    expect(await mergeDatabases(primary, secondary)).toMatchObject({ experiments: [{ taken: 1 }] });
    expect(await primary.getAttempts(failed.id)).toMatchObject([
      { attempt: 1, status: "broken" },
      { attempt: 2, status: "completed" },
    ]);
    expect(await primary.getSnapshots(failed.id)).toMatchObject([
      { number: 2, attempt: 2, state: { loss: 5 } },
      { number: 1, attempt: 1, state: { step: 1 } },
    ]);
    expect((await primary.readArtifact(failed.id, "model")).toString()).toBe("weights 5");
    const metrics = [];
    for await (const point of primary.getMetrics("grid")) metrics.push(point);
    expect(metrics).toMatchObject([{ attempt: 2, value: 5 }]);
    await expectVerified(primary);
  });

  test("a worker that holds a trial whose results are taken is fenced off", async () => {
    const [primary, secondary] = [await open(), await opened()];
    for (const storage of [primary, secondary]) await storedGrid(storage, 2);
    const experiment = await primary.getExperiment("grid");
    const held = await reserved(primary, experiment);
    await ran(secondary, 0, 5);
    await mergeDatabases(primary, secondary);
    await expect(primary.pushTrialResults(experiment, held, results)).rejects.toThrow(
      expect.objectContaining({ code: "LEASE_LOST" }),
    );
    expect(await primary.getAttempts(held.id)).toMatchObject([
      { status: "interrupted" },
      { status: "completed", results: { loss: 5 } },
    ]);
    await expectVerified(primary);
  });

  test("trials that completed differently keep the primary's results, and are listed", async () => {
    const [primary, secondary] = [await open(), await opened()];
    for (const storage of [primary, secondary]) await storedGrid(storage, 3);
    await ran(primary, 1, 10);
    await ran(secondary, 1, 20);
    await ran(secondary, 2, 30);
    const id = await idOf(primary, 1);
    const differences = [
      { experiment: "grid", id, number: 1, primary: { loss: 10 }, secondary: { loss: 20 } },
    ];
    await expect(mergeDatabases(primary, secondary, { onDifference: "fail" })).rejects.toThrow(
      /^1 trial completed with other results .* the first is grid#1; nothing was changed$/,
    );
    expect(await primary.countByStatus("grid")).toMatchObject({ completed: 1 });
    expect(await mergeDatabases(primary, secondary)).toMatchObject({
      experiments: [{ taken: 1 }],
      differences,
      differenceCount: 1,
    });
    expect(await primary.getTrial(id)).toMatchObject({ results: { loss: 10 } });

    const take = { onDifference: "take" } as const;
    expect(await mergeDatabases(primary, secondary, take)).toMatchObject({
      experiments: [{ taken: 1 }],
      differences,
    });
    expect(await primary.getTrial(id)).toMatchObject({ results: { loss: 20 } });
    expect(await primary.getAttempts(id)).toMatchObject([
      { results: { loss: 10 } },
      { results: { loss: 20 } },
    ]);
    expect(await mergeDatabases(primary, secondary, take)).toMatchObject({ differenceCount: 0 });
    await expectVerified(primary);
  });

  test("large results are taken with their content, and compared by it", async () => {
    const [primary, secondary] = [await open(), await opened()];
    for (const storage of [primary, secondary]) await storedGrid(storage, 3);
    const large = (loss: number) => ({ loss, text: `${String(loss)} large `.repeat(150_000) });
    const ids = await primary.getTrialIds("grid");
    const theirs = await secondary.getTrialIds("grid");
    await primary.completeTrial(ids[0]!, large(0));
    await secondary.completeTrial(theirs[0]!, large(0));
    await primary.completeTrial(ids[1]!, large(1));
    await secondary.completeTrial(theirs[1]!, large(3));
    await secondary.markTrialIncomplete(theirs[1]!);
    await secondary.completeTrial(theirs[1]!, large(4));
    await secondary.completeTrial(theirs[2]!, large(2));
    expect(await mergeDatabases(primary, secondary)).toMatchObject({
      experiments: [{ added: 0, taken: 1 }],
      differences: [{ number: 1, primary: { loss: 1 }, secondary: { loss: 4 } }],
    });
    expect(await primary.getTrial(ids[2]!)).toMatchObject({ results: large(2) });
    for (const taken of [1, 0]) {
      const merge = await mergeDatabases(primary, secondary, { onDifference: "take" });
      expect(merge).toMatchObject({ experiments: [{ taken }], differenceCount: taken });
      expect(await primary.getTrial(ids[1]!)).toMatchObject({ results: large(4) });
      const attempts = await primary.getAttempts(ids[1]!);
      expect(attempts).toMatchObject([{ results: large(1) }, { results: large(3) }]);
    }
    await expectVerified(primary);
    await primary.deleteTrials("grid");
    const { atomicBatch } = primary.database.capabilities;
    const left = await primary.database.count("blobs", {}, { scan: true });
    expect(left === 0).toBe(atomicBatch);
  });

  test("trials that the primary lacks are added, under numbers of its own and with their seeds", async () => {
    const [primary, secondary] = [await open(), await opened()];
    const space = createSpace({ rate: uniform(0, 1), kind: choice(["a", "b"]) });
    for (const [storage, seed] of [
      [primary, 1],
      [secondary, 2],
    ] as const) {
      await storage.createExperiment({ name: "drawn", space, seed });
      await storage.registerTrial(
        "drawn",
        { rate: seed / 10, kind: "a" },
        { results: { y: seed } },
      );
      await storage.registerTrial("drawn", { rate: 0.5, kind: "b" });
    }
    const [theirs] = await secondary.getTrials("drawn");
    for (const added of [1, 0]) {
      expect(await mergeDatabases(primary, secondary)).toMatchObject({ experiments: [{ added }] });
      const trials = await primary.getTrials("drawn");
      expect(trials.map(({ number, params }) => [number, params])).toEqual([
        [0, { rate: 0.1, kind: "a" }],
        [1, { rate: 0.5, kind: "b" }],
        [2, { rate: 0.2, kind: "a" }],
      ]);
      expect(trials[2]).toMatchObject({ seed: theirs!.seed, results: { y: 2 } });
      await expectVerified(primary);
    }
    await primary.registerTrial("drawn", { rate: 0.9, kind: "a" });
    expect((await primary.getTrials("drawn")).map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    await expectVerified(primary);
  });

  test("an experiment that is defined in another way is told, and nothing is merged", async () => {
    const [primary, secondary] = [await open(), await opened()];
    await storedGrid(primary, 2);
    await storedGrid(secondary, 3);
    await storedGrid(secondary, 2, { name: "other" });
    await expect(mergeDatabases(primary, secondary)).rejects.toThrow(
      expect.objectContaining({
        code: "CONFLICT",
        message: `"grid" in ${primary.location} and in ${secondary.location} have different parameters; nothing was changed`,
        details: expect.objectContaining({ differences: [expect.stringContaining("x: ")] }),
      }),
    );
    expect(await primary.getExperiments()).toHaveLength(1);
  });
});

test("the parts of a sweep that ran in copies come together", async () => {
  const whole = await opened();
  await storedGrid(whole, 9);
  const parts = [await opened(), await opened(), await opened()];
  for (const [i, part] of parts.entries()) {
    await copyDatabase(whole, part);
    for (let number = i; number < 9; number += 3) await ran(part, number, number);
  }
  for (const part of parts) await mergeDatabases(whole, part);
  for (const part of parts) await mergeDatabases(whole, part);
  expect(await whole.countByStatus("grid")).toMatchObject({ completed: 9, total: 9 });
  const trials = await whole.getTrials("grid");
  expect(trials.map((trial) => trial.results)).toEqual(
    trials.map(({ number }) => ({ loss: number })),
  );
  expect((await whole.getRuns("grid")).length).toBe(9);
  await expectVerified(whole);
});

test("a storage is not merged with itself", async () => {
  const storage = await opened();
  await storage.createExperiment(gridSpec(1));
  await expect(mergeDatabases(storage, storage)).rejects.toThrow("are the same storage");
});
