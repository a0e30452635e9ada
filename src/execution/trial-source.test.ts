import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGrid } from "../algorithms/grid.ts";
import type { Experiment } from "../model/experiment.ts";
import { choice } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { Registrar } from "./registrar.ts";
import { givenTrials, openTrials } from "./trial-source.ts";

let storage: Storage;
let experiment: Experiment;
let ids: string[];

beforeEach(async () => {
  storage = await openStorage("memory:");
  const space = createSpace({ x: choice([1, 2, 3]) });
  experiment = await storage.createExperiment({ name: "given", space });
  ids = [];
  for (const x of [1, 2, 3]) ids.push((await storage.registerTrial("given", { x })).id);
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

describe("a source of given trials", () => {
  test("hands out each open trial once, in the order given", async () => {
    const [first = "", second = "", third = ""] = ids;
    await storage.completeTrial(second, {});
    const source = givenTrials(storage, experiment, [third, second, first], "me", Infinity);
    const claimed = [...(await source.claim(1)), ...(await source.claim(5))];
    expect(claimed.map(({ id }) => id)).toEqual([third, first]);
    expect(await source.claim(5)).toEqual([]);
  });

  test("hands a trial out again that was taken away and made new", async () => {
    const [first = ""] = ids;
    const source = givenTrials(storage, experiment, [first], "me", Infinity);
    const [claimed] = await source.claim(1);
    await storage.setTrialStatus(first, "new");
    expect(await source.isAwaited()).toBe(true);
    const [again] = await source.claim(1);
    expect(again?.id).toBe(first);
    expect(again?.token).toBeGreaterThan(claimed?.token ?? Infinity);
  });

  test("awaits what others hold, and nothing once all is finished", async () => {
    const [first = ""] = ids;
    const source = givenTrials(storage, experiment, [first], "me", Infinity);
    const [held] = await storage.claimTrialsById([first], "another");
    expect(await source.claim(1)).toEqual([]);
    expect(await source.isAwaited()).toBe(true);
    if (held !== undefined) await storage.setTrialStatus(held.id, "broken");
    expect(await source.isAwaited()).toBe(false);
  });

  test("hands out no more than a limit allows, and awaits places only while others may give them up", async () => {
    const [first = "", ...others] = ids;
    const [held] = await storage.claimTrialsById([first], "another");
    const source = givenTrials(storage, experiment, others, "me", 1);
    expect(await source.claim(1)).toEqual([]);
    expect(await source.isAwaited()).toBe(true);
    if (held !== undefined) await storage.setTrialStatus(held.id, "broken");
    expect(await source.isAwaited()).toBe(true);
    const [claimed] = await source.claim(5);
    expect(claimed?.number).toBe(1);
    await storage.completeTrial(claimed?.id ?? "", {});
    expect(await source.claim(5)).toEqual([]);
    expect(await source.isAwaited()).toBe(false);
  });
});
