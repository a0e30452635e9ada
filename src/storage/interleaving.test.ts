import { expect, test } from "vitest";
import { interposedStorage } from "../../test/support/interposed.ts";
import { uniform } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import {
  everythingOf,
  reserved,
  results,
  storedGrid,
  trialIn,
} from "../testing/storage/fixtures.ts";
import { openStorage } from "./open-storage.ts";
import type { Storage } from "./storage.ts";

/**
 * A storage on which something happens just before its next call of one of the database's methods, or before
 * a later one.
 */
function interrupted(
  storage: Storage,
  method: "batch" | "remove",
  happens: () => Promise<void>,
  call: number = 1,
): Storage {
  let left = call;
  return interposedStorage(storage, async (called) => {
    if (called === method && (left -= 1) === 0) await happens();
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

test("a conditional change of a trial is made on what the trial is when it is made, or not at all", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 1);
  const { id } = await trialIn(storage, experiment, "broken");
  const runAgain = async (): Promise<void> => {
    await storage.setTrialStatus(id, "new");
    await trialIn(storage, experiment, "broken");
  };
  const other = interrupted(storage, "batch", runAgain);
  // It is broken as before, by another attempt: that is the one which is left behind.
  expect(await other.updateTrial(id, { status: "new" }, { status: "broken" })).toBe(1);
  expect(await storage.getAttempts(id)).toMatchObject([
    { attempt: 1, status: "broken" },
    { attempt: 2, status: "broken" },
  ]);

  const before = await everythingOf(storage, id);
  expect(await storage.updateTrial(id, { status: "suspended" }, { "params.x": 1 })).toBe(0);
  expect(await storage.updateTrial(id, { status: "completed", results }, { attempt: 1 })).toBe(0);
  expect(await everythingOf(storage, id)).toEqual(before);
  expect(await storage.updateTrial(id, { status: "suspended" }, { attempt: 2 })).toBe(1);
});

test("a trial that changes while many are changed is left, and its neighbours are not", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 4);
  const claims = await storage.claimTrials(experiment, "holder", 4);
  const other = interrupted(storage, "batch", async () => {
    await storage.completeTrial(claims[1]!.id, results);
    await storage.setTrialStatus(claims[2]!.id, "broken");
  });
  expect(await other.updateTrials(experiment, { status: "interrupted" })).toEqual({
    changed: 2,
    left: 2,
    leftByStatus: { reserved: 2 },
  });
  expect((await storage.getTrials(experiment)).map(({ status }) => status)).toEqual([
    "interrupted",
    "completed",
    "broken",
    "interrupted",
  ]);
});

test("a change of many trials that is cut off between pages is done again", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 2500);
  await storage.updateTrials(experiment, { status: "broken" });
  const killed = (): Promise<void> => Promise.reject(new Error("killed"));
  const other = interrupted(storage, "batch", killed, 3);
  const update = { status: "new" } as const;
  await expect(other.updateTrials(experiment, update, { status: "broken" })).rejects.toThrow(
    "killed",
  );
  expect(await storage.countTrials(experiment, "new")).toBe(2000);
  expect(await storage.updateTrials(experiment, update, { status: "broken" })).toEqual({
    changed: 500,
    left: 0,
    leftByStatus: {},
  });

  await storage.updateTrials(experiment, { status: "broken" });
  const broken = await storage.getBrokenTrials(experiment);
  const third = interrupted(storage, "batch", killed, 2);
  await expect(third.renewBroken(experiment, broken)).rejects.toThrow("killed");
  expect(await storage.renewBroken(experiment, broken)).toBe(1500);
});

test("places that are given out while they are counted are not given to broken trials", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 4);
  for (let i = 0; i < 4; i += 1) await trialIn(storage, experiment, "broken");
  const broken = await storage.getBrokenTrials(experiment);
  const other = interrupted(storage, "batch", async () => {
    expect(await storage.renewBroken(experiment, broken.slice(2), { maxTrials: 2 })).toBe(2);
  });
  expect(await other.renewBroken(experiment, broken, { maxTrials: 2 })).toBe(0);
  expect(await storage.countBrokenTrials(experiment)).toBe(2);
});

test("a trial completed by hand while places are counted has one of them", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  const [, , last = ""] = await storage.getTrialIds(experiment);
  // Its first batch frees what was lost, its second one claims.
  const complete = async (): Promise<void> => await storage.completeTrial(last, results);
  const other = interrupted(storage, "batch", complete, 2);
  const claims = await other.claimTrials(experiment, "holder", 3, { maxTrials: 2 });
  expect(claims.map(({ number }) => number)).toEqual([0]);
});

test("a trial inserted by hand while all may be claimed keeps the limit", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storage.createExperiment({
    name: "drawn",
    space: createSpace({ x: uniform(0, 1) }),
  });
  await storage.registerTrial(experiment, { x: 0.5 });
  const insert = async (): Promise<void> => {
    await storage.registerTrial(experiment, { x: 0.25 });
  };
  const other = interrupted(storage, "batch", insert);
  expect((await other.claimTrials(experiment, "holder", 9, { maxTrials: 1 })).length).toBe(1);
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
  const suggestion = { params: { x: 1 }, occurrence: 0, number: 0, position: 1 };
  const cursor = await storage.readCursor(experiment);
  const other = interrupted(storage, "batch", async () => {
    await storage.registerTrials(experiment, cursor, [suggestion], { maxTrials: 1 });
  });
  expect(await other.registerTrials(experiment, cursor, [suggestion], { maxTrials: 1 })).toEqual({
    moved: false,
  });
});
