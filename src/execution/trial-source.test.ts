import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGrid } from "../algorithms/grid.ts";
import type { Experiment } from "../model/experiment.ts";
import { choice } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { Registrar } from "./registrar.ts";
import { oneTrial, openTrials } from "./trial-source.ts";

let storage: Storage;
let experiment: Experiment;
let ids: string[];

beforeEach(async () => {
  storage = await openStorage("memory:");
  const space = createSpace({ x: choice([1, 2, 3]) });
  experiment = await storage.createExperiment({ name: "three", space });
  ids = [];
  for (const x of [1, 2, 3]) ids.push((await storage.registerTrial("three", { x })).id);
});
afterEach(async () => {
  await storage.close();
});

describe("a source of all open trials", () => {
  test("hands out no more than a limit allows, however many are open", async () => {
    const space = createSpace({ x: choice([1, 2, 3]) });
    const registrar = new Registrar(storage, experiment, createGrid(space), 2);
    const source = openTrials(storage, experiment, registrar, "me", 2);
    const claimed = await source.claim(5);
    expect(claimed.map(({ number }) => number)).toEqual([0, 1]);
    expect(await source.claim(5)).toEqual([]);
    await storage.releaseTrial(claimed[0] as ClaimedTrial, "new");
    expect((await source.claim(5)).map(({ number }) => number)).toEqual([0]);
  });
});

describe("a source of one trial", () => {
  const sourceOf = (id: string, maxTrials = Infinity) =>
    oneTrial(storage, experiment, id, "me", maxTrials);

  test("hands out that trial, once", async () => {
    const source = sourceOf(ids[1]!);
    expect((await source.claim(5)).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await source.claim(5)).toEqual([]);
  });

  test("hands out nothing once it is finished, and does not await it", async () => {
    await storage.completeTrial(ids[1]!, {});
    const source = sourceOf(ids[1]!);
    expect(await source.claim(5)).toEqual([]);
    expect(await source.isAwaited()).toBe(false);
  });

  test("hands it out again when it was taken away and made new", async () => {
    const source = sourceOf(ids[0]!);
    const [claimed] = await source.claim(1);
    await storage.setTrialStatus(ids[0]!, "new");
    expect(await source.isAwaited()).toBe(true);
    const [again] = await source.claim(1);
    expect(again?.id).toBe(ids[0]);
    expect(again?.token).toBeGreaterThan(claimed?.token ?? Infinity);
  });

  test("awaits it while another holds it, and no longer once it is finished", async () => {
    const [held] = await storage.claimTrialsById([ids[0]!], "another");
    const source = sourceOf(ids[0]!);
    expect(await source.claim(1)).toEqual([]);
    expect(await source.isAwaited()).toBe(true);
    await storage.setTrialStatus(held!.id, "broken");
    expect(await source.isAwaited()).toBe(false);
  });

  test("hands it out only where a limit has room for it", async () => {
    await storage.completeTrial(ids[0]!, {});
    expect(await sourceOf(ids[1]!, 1).claim(1)).toEqual([]);
    expect(await sourceOf(ids[1]!, 1).isAwaited()).toBe(false);
    expect(await sourceOf(ids[1]!, 2).claim(1)).toHaveLength(1);
  });

  test("awaits a place for it only while others may give one up", async () => {
    const [held] = await storage.claimTrialsById([ids[0]!], "another");
    const source = sourceOf(ids[1]!, 1);
    expect(await source.claim(1)).toEqual([]);
    expect(await source.isAwaited()).toBe(true);
    await storage.setTrialStatus(held!.id, "broken");
    expect(await source.isAwaited()).toBe(true);
    const [claimed] = await source.claim(5);
    expect(claimed?.id).toBe(ids[1]);
    await storage.completeTrial(claimed!.id, {});
    expect(await source.claim(5)).toEqual([]);
    expect(await source.isAwaited()).toBe(false);
  });
});
