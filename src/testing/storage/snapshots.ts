import { createHash, randomBytes } from "node:crypto";
import { briefLease, reserved, results, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function snapshotTests({ test, expect }: StorageTests): void {
  test("of no snapshots the latest is nothing", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(experiment);
    expect(await storage.latestSnapshot(id)).toBe(undefined);
    expect(await storage.getSnapshots(id)).toEqual([]);
  });

  test("a snapshot comes back as it was saved", async (_, again) => {
    const storage = await again({ wallClock: () => new Date("2026-01-02T03:04:05.000Z") });
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    const state = {
      epoch: 3,
      weights: new Float64Array([0.1, NaN, -0]),
      history: new Map([["loss", [1n, new Date(4)]]]),
    };
    const random = [1, -2, 3, 4];
    const options = { lease: claim, points: 7, random };
    expect(await storage.saveSnapshot(claim.id, state, "epoch", options)).toBe(1);
    const snapshot = await storage.latestSnapshot(claim.id);
    expect(snapshot).toMatchObject({
      number: 1,
      label: "epoch",
      attempt: 1,
      createdAt: "2026-01-02T03:04:05.000Z",
      points: 7,
      random,
    });
    expect(snapshot?.state).toEqual(state);
    expect((snapshot?.bytes ?? 0) > 50).toBe(true);
    expect(await storage.getSnapshots(claim.id)).toEqual([snapshot]);
  });

  test("any value may be a state, also none", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    for (const state of [null, undefined, 0, "", [], "text\0\ud800", 5n]) {
      await storage.saveSnapshot(id, state);
      expect((await storage.latestSnapshot(id))?.state).toEqual(state);
    }
  });

  test("snapshots are ordered by number, within a millisecond and when the clock goes back", async (_, again) => {
    const times = [5000, 5000, 1000, 9000, 1000];
    const storage = await again({ wallClock: () => new Date(times.shift() ?? 0) });
    const experiment = await storedGrid(storage, 1);
    times.splice(0, times.length, 5000, 5000, 1000, 9000, 1000);
    const [id = ""] = await storage.getTrialIds(experiment);
    for (let step = 1; step <= 5; step += 1) {
      expect(await storage.saveSnapshot(id, { step })).toBe(step);
    }
    const snapshots = await storage.getSnapshots(id);
    expect(snapshots.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
    expect(snapshots.map(({ state }) => state)).toEqual([5, 4, 3, 2, 1].map((step) => ({ step })));
    expect((await storage.latestSnapshot(id))?.state).toEqual({ step: 5 });
    expect(new Set(snapshots.map(({ createdAt }) => createdAt)).size < 5).toBe(true);
  });

  test("of snapshots that are saved at the same time every one has its number", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    const other = await again();
    const numbers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        (i % 2 === 0 ? storage : other).saveSnapshot(claim.id, i, undefined, { lease: claim }),
      ),
    );
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const states = (await storage.getSnapshots(claim.id)).map(({ state }) => Number(state));
    expect(states.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test("snapshots are kept over attempts, each with its own", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const first = await reserved(storage, experiment);
    await storage.saveSnapshot(first.id, "one", undefined, { lease: first });
    await storage.releaseTrial(first, "interrupted");
    const second = await reserved(storage, experiment);
    expect((await storage.latestSnapshot(first.id))?.state).toBe("one");
    await storage.saveSnapshot(first.id, "two", undefined, { lease: second });
    await storage.pushTrialResults(experiment, second, results);
    await storage.markTrialIncomplete(first.id);
    const snapshots = await storage.getSnapshots(first.id);
    expect(snapshots.map(({ number, attempt }) => [number, attempt])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  test("a snapshot with a stale lease is LEASE_LOST and nothing is stored", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const stale = await reserved(await again(briefLease), experiment);
    const holder = await reserved(storage, experiment);
    await expect(
      storage.saveSnapshot(stale.id, "stale", undefined, { lease: stale }),
    ).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await storage.saveSnapshot(stale.id, "held", undefined, { lease: holder })).toBe(1);
    await storage.releaseTrial(holder, "interrupted");
    await expect(
      storage.saveSnapshot(stale.id, "ended", undefined, { lease: holder }),
    ).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect((await storage.getSnapshots(stale.id)).map(({ state }) => state)).toEqual(["held"]);
    // From outside of a trial it is an administrative change.
    expect(await storage.saveSnapshot(stale.id, "outside")).toBe(2);
  });

  test("a state that cannot be stored is INVALID_VALUE with its path, and nothing is stored", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(experiment);
    await expect(
      storage.saveSnapshot(id, { model: { layers: [1, () => 2] } }),
    ).rejects.toMatchObject({
      code: "INVALID_VALUE",
      message: "Cannot store a function at state.model.layers[1]",
    });
    expect(await storage.getSnapshots(id)).toEqual([]);
  });

  test("a snapshot of 50 MB is no matter", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(experiment);
    const weights = new Uint8Array(randomBytes(50_000_000));
    await storage.saveSnapshot(id, { weights });
    const snapshot = await storage.latestSnapshot(id);
    const digest = (bytes: unknown): string =>
      createHash("sha256")
        .update(bytes as Uint8Array)
        .digest("hex");
    expect(digest((snapshot?.state as { weights: unknown }).weights)).toBe(digest(weights));
    expect((snapshot?.bytes ?? 0) > 50_000_000).toBe(true);
  });

  const damages: readonly (readonly [string, object])[] = [
    ["changed", { set: { data: new Uint8Array([1, 2, 3]) } }],
    ["missing", { unset: ["data"] }],
  ];
  for (const [damage, change] of damages) {
    test(`a snapshot of which a chunk is ${damage} is CORRUPT, and says which`, async (storage) => {
      const experiment = await storedGrid(storage, 2);
      const claim = await reserved(storage, experiment);
      await storage.saveSnapshot(claim.id, "whole");
      await storage.saveSnapshot(claim.id, "x".repeat(3_000_000));
      await storage.database.write("blobs", { ...change }, { chunk: 1 }, { scan: true });
      await expect(storage.latestSnapshot(claim.id)).rejects.toMatchObject({
        code: "CORRUPT",
        message: "The stored content of snapshot 2 of trial number 0 is damaged or incomplete",
      });
      await expect(storage.getSnapshots(claim.id)).rejects.toMatchObject({ code: "CORRUPT" });
    });
  }

  test("snapshots of a trial that is not there are NOT_FOUND", async (storage) => {
    const id = "0".repeat(32);
    for (const use of [
      () => storage.saveSnapshot(id, 1),
      () => storage.latestSnapshot(id),
      () => storage.getSnapshots(id),
    ]) {
      await expect(use()).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });
}
