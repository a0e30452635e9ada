import type { Storage } from "../../storage/storage.ts";
import { collect, gridSpec, reserved, results, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

/** How many documents of experiments there are, by collection. */
async function remains(storage: Storage): Promise<Readonly<Record<string, number>>> {
  const names = [
    "experiments",
    "trials",
    "attempts",
    "snapshots",
    "artifacts",
    "output",
    "blobs",
    "locks",
    "runs",
  ];
  const counts: Record<string, number> = {};
  for (const name of [...names, "metrics"]) {
    const count = await storage.database.count(name, {}, { scan: true });
    if (count > 0) counts[name] = count;
  }
  return counts;
}

/** An experiment with something in every collection. */
async function full(storage: Storage, name: string): Promise<string> {
  const experiment = await storedGrid(storage, 3, { name });
  const { id } = await trialIn(storage, experiment, "interrupted");
  const claim = await reserved(storage, experiment);
  await storage.saveSnapshot(id, "state", undefined, { lease: claim });
  await storage.saveArtifact(id, "a", Buffer.from("a"));
  const points = '{"names":["loss"],"name":[0],"step":[0],"time":[0],"value":[1]}';
  await storage.commitReports([
    { kind: "metrics", trial: claim, chunk: 0, count: 1, before: 0, points, last: '{"loss":1}' },
    { kind: "output", trial: claim, part: 0, segments: '[{"stream":"stdout","text":"a"}]' },
  ]);
  await storage.startRun(experiment, { command: [], environment: {}, holder: "h" });
  await (await storage.acquireAlgorithmLock(experiment, { owner: "o" })).release("state");
  return id;
}

export function deletionTests({ test, expect }: StorageTests): void {
  test("deleting an experiment leaves nothing of it, and all of others", async (storage) => {
    await full(storage, "one");
    const before = await remains(storage);
    const id = await full(storage, "other");
    expect(await storage.deleteExperiment("other")).toBe(1);
    expect(await remains(storage)).toEqual(before);
    await expect(storage.getTrial(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await storage.countTrials("one")).toBe(3);
    expect(await storage.deleteExperiment("other")).toBe(0);
    expect(await storage.deleteExperiment("never")).toBe(0);
    expect(await storage.deleteExperiment("one")).toBe(1);
    expect(await remains(storage)).toEqual({});
  });

  test("many trials are swept", async (storage) => {
    const experiment = await storedGrid(storage, 12_000);
    expect(await storage.deleteExperiment(experiment)).toBe(1);
    expect(await remains(storage)).toEqual({});
  });

  test("a deletion that ended half-way hides everything at once, and the next one sweeps it", async (storage) => {
    const id = await full(storage, "gone");
    const { key } = await storage.getExperiment("gone");
    // The first step of a deletion, after which the process was killed.
    await storage.database.write(
      "experiments",
      { set: { deletedName: "gone", deletedAt: "2026-01-01T00:00:00.000Z" }, unset: ["name"] },
      { key },
    );
    expect(await storage.findExperiment("gone")).toBe(undefined);
    expect(await storage.getExperiments()).toEqual([]);
    expect(await storage.fetchExperiments({})).toEqual([]);
    expect(await storage.findTrial(id)).toBe(undefined);
    expect(await storage.findTrial(id.slice(0, 10))).toBe(undefined);
    const reads: readonly (() => Promise<unknown>)[] = [
      () => storage.getExperiment("gone"),
      () => storage.getTrials("gone"),
      () => storage.getTrial(id),
      () => storage.getAttempts(id),
      () => storage.getExperimentOfTrial(id),
      () => storage.latestSnapshot(id),
      () => storage.getSnapshots(id),
      () => storage.getArtifacts(id),
      () => storage.readArtifact(id, "a"),
      () => storage.getOutput(id),
      () => collect(storage.getMetrics("gone")),
      () => storage.getRuns("gone"),
      () => storage.saveSnapshot(id, "late"),
      () => storage.saveArtifact(id, "late", Buffer.from("late")),
      () => storage.setTrialStatus(id, "new"),
      () => storage.readCursor({ key }),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND" });

    // The name is free at once.
    const next = await storage.createExperiment(gridSpec(1, { name: "gone" }));
    expect(next.key > key).toBe(true);
    await storage.deleteExperiment("gone");
    expect(await remains(storage)).toEqual({});
  });

  test("two who delete at the same time delete once", async (storage, again) => {
    await full(storage, "one");
    const other = await again();
    const counts = await Promise.all(
      Array.from({ length: 6 }, async (_, i) =>
        (i % 2 === 0 ? storage : other).deleteExperiment("one"),
      ),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await remains(storage)).toEqual({});
  });

  test("a worker that still runs a trial of a deleted experiment leaves nothing behind", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const claim = await reserved(storage, experiment);
    await storage.deleteExperiment(experiment);
    await expect(storage.pushTrialResults("grid", claim, results)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const points = '{"names":[],"name":[],"step":[],"time":[],"value":[]}';
    expect(
      await storage.commitReports([
        { kind: "metrics", trial: claim, chunk: 0, count: 0, before: 0, points, last: "{}" },
        { kind: "output", trial: claim, part: 0, segments: "[]" },
      ]),
    ).toEqual([false, false]);
    await expect(
      storage.saveSnapshot(claim.id, 1, undefined, { lease: claim }),
    ).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await remains(storage)).toEqual({});
  });

  test("the key of a deleted experiment is not given again", async (storage) => {
    const keys: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { key } = await storage.createExperiment(gridSpec(1));
      keys.push(key);
      await storage.deleteExperiment("grid");
    }
    expect(new Set(keys).size).toBe(3);
  });
}
