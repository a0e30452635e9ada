import { expect, test } from "vitest";
import type { Database } from "../database/contract.ts";
import { createSpace } from "../space/create-space.ts";
import { everythingOf, reserved, results, storedGrid } from "../testing/storage/fixtures.ts";
import { openStorage } from "./open-storage.ts";
import { createStorage, type Storage } from "./storage.ts";

/** A storage on which something happens just before its next call of one of the database's methods. */
function interrupted(
  storage: Storage,
  method: "batch" | "remove",
  happens: () => Promise<void>,
): Storage {
  let isDue = true;
  const { database } = storage;
  const interposed = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (name === method && isDue) {
          isDue = false;
          await happens();
        }
        return await Reflect.apply(value, target, given);
      };
    },
  }) satisfies Database;
  return createStorage({
    database: interposed,
    leaseMs: storage.leaseMs,
    wallClock: () => new Date(),
  });
}

test("a trial that is claimed while it is being deleted stays with its holder", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  let claim: Awaited<ReturnType<typeof reserved>> | undefined;
  const other = interrupted(storage, "batch", async () => {
    claim = await reserved(storage, experiment);
  });
  expect(await other.deleteTrials(experiment, { status: "new" })).toBe(2);
  await storage.pushTrialResults(experiment, claim!, results);
  expect((await storage.getTrials(experiment)).map(({ number }) => number)).toEqual([0]);
  expect(await storage.getAttempts(claim!.id)).toMatchObject([{ status: "completed" }]);
});

test("a lease that is lost while a snapshot is being saved saves none", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 1);
  const claim = await reserved(storage, experiment);
  const other = interrupted(storage, "batch", async () => {
    await storage.setTrialStatus(claim.id, "interrupted");
  });
  const lease = { lease: claim };
  await expect(other.saveSnapshot(claim.id, "late", undefined, lease)).rejects.toMatchObject({
    code: "LEASE_LOST",
  });
  const again = await reserved(storage, experiment);
  const third = interrupted(storage, "batch", async () => {
    await storage.setTrialStatus(claim.id, "interrupted");
  });
  await expect(
    third.saveArtifact(claim.id, "late", Buffer.from("late"), again),
  ).rejects.toMatchObject({ code: "LEASE_LOST" });
  expect(await everythingOf(storage, claim.id)).toMatchObject({ snapshots: [], artifacts: [] });
});

test("a change by a person that meets another one is made on what is there then", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 1);
  const claim = await reserved(storage, experiment);
  const other = interrupted(storage, "batch", async () => {
    await storage.pushTrialResults(experiment, claim, results);
  });
  await expect(other.setTrialStatus(claim.id, "interrupted")).rejects.toMatchObject({
    code: "INVALID_TRANSITION",
  });
  expect(await storage.getTrial(claim.id)).toMatchObject({ status: "completed", results });
  const third = interrupted(storage, "batch", async () => {
    await storage.markTrialIncomplete(claim.id);
  });
  expect(await third.updateTrial(claim.id, { status: "new" }, { status: "completed" })).toBe(0);
});

test("an experiment whose deletion is cut off is gone, and its room is freed by the next one", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  const [id = ""] = await storage.getTrialIds(experiment);
  const other = interrupted(storage, "remove", () => Promise.reject(new Error("killed")));
  await expect(other.deleteExperiment("grid")).rejects.toThrow("killed");

  await expect(storage.getExperiment("grid")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(storage.getTrial(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await storage.database.count("trials", {}, { scan: true })).toBe(3);
  await storedGrid(storage, 2);
  await storage.deleteExperiment("grid");
  expect(await storage.database.count("trials", {}, { scan: true })).toBe(0);
  expect(await storage.database.count("experiments", {}, { scan: true })).toBe(0);
});

test("trials registered while places are counted are not exceeded", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storage.createExperiment({
    name: "grid",
    space: createSpace({ x: 1 }),
  });
  const proposal = { params: { x: 1 }, occurrence: 0, number: 0, position: 1 };
  const cursor = await storage.readCursor(experiment);
  const other = interrupted(storage, "batch", async () => {
    await storage.registerTrials(experiment, cursor, [proposal], { maxTrials: 1 });
  });
  expect(await other.registerTrials(experiment, cursor, [proposal], { maxTrials: 1 })).toEqual({
    moved: false,
  });
});
