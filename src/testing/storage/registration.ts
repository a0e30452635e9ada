import type { Experiment } from "../../model/experiment.ts";
import { choice, constant, repeat, uniform } from "../../space/constructors.ts";
import { createSpace, spaceFromDefinition } from "../../space/create-space.ts";
import type { Storage } from "../../storage/storage.ts";
import { createRandom } from "../../util/random.ts";
import {
  gridSpec,
  numbersOf,
  suggestionsOf,
  registerGrid,
  reserved,
  storedGrid,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

/** Registers a grid in windows, as every process of a run does, until nothing is left to be given out. */
async function registerAll(storage: Storage, experiment: Experiment, maxTrials = Infinity) {
  for (;;) {
    const cursor = await storage.readCursor(experiment);
    const places = await storage.countPlaces(experiment, maxTrials);
    const window = suggestionsOf(experiment, cursor.position, cursor.position + 7);
    if (window.length === 0 || places === 0) return;
    await storage.registerTrials(experiment, cursor, window, { maxTrials });
  }
}

export function registrationTests({ test, expect }: StorageTests): void {
  test("registered trials are those that were proposed", async (_, again) => {
    const storage = await again({ wallClock: () => new Date("2026-01-02T03:04:05.000Z") });
    const experiment = await storage.createExperiment(gridSpec(3));
    const cursor = await storage.readCursor(experiment);
    expect(cursor.position).toBe(0);
    expect(
      await storage.registerTrials(experiment, cursor, suggestionsOf(experiment)),
    ).toMatchObject({ moved: true, registered: 3 });
    const trials = await storage.getTrials(experiment);
    expect(numbersOf(trials)).toEqual([0, 1, 2]);
    expect(trials[2]).toMatchObject({
      status: "new",
      attempt: 0,
      params: { x: 2, fixed: "constant" },
      results: null,
      error: null,
      run: null,
      worker: null,
      createdAt: "2026-01-02T03:04:05.000Z",
      startedAt: null,
      endedAt: null,
      durationMs: null,
      metrics: {},
    });
    expect(new Set(trials.map(({ id }) => id)).size).toBe(3);
    expect(new Set(trials.map(({ seed }) => seed)).size).toBe(3);
    expect((await storage.getExperiment(experiment)).position).toBe(3);
  });

  test("a cursor that somebody else moved registers nothing", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(4));
    const cursor = await storage.readCursor(experiment);
    const first = suggestionsOf(experiment, 0, 2);
    await storage.registerTrials(experiment, cursor, first);
    expect(await storage.registerTrials(experiment, cursor, first)).toEqual({ moved: false });
    expect(await storage.registerTrials(experiment, cursor, suggestionsOf(experiment, 2))).toEqual({
      moved: false,
    });
    expect(await storage.countTrials(experiment)).toBe(2);
  });

  test("trials that are registered already are left as they are", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    await trialIn(storage, experiment, "completed");
    const before = await storage.getTrials(experiment);
    const cursor = await storage.readCursor(experiment);
    expect(
      await storage.registerTrials(experiment, cursor, suggestionsOf(experiment)),
    ).toMatchObject({ moved: true });
    expect(await storage.getTrials(experiment)).toEqual(before);
  });

  test("many registrars give each trial exactly once", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(100));
    const handles = [storage, await again()];
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await registerAll(handles[i % 2] ?? storage, experiment);
      }),
    );
    const trials = await storage.getTrials(experiment);
    expect(numbersOf(trials)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(new Set(trials.map(({ id }) => id)).size).toBe(100);
  });

  test("many registrars never exceed maxTrials, and reach it", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(100));
    const handles = [storage, await again()];
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await registerAll(handles[i % 2] ?? storage, experiment, 33);
      }),
    );
    expect(await storage.countTrials(experiment)).toBe(33);
    expect(await storage.countPlaces(experiment, 33)).toBe(0);
    expect(await storage.countPlaces(experiment, 40)).toBe(7);
    expect(await storage.countPlaces(experiment, Infinity)).toBe(Infinity);
  });

  test("many registrars of a sampled space give every number once", async (storage, again) => {
    const space = createSpace({ x: uniform(0, 1, { precision: null }) });
    const experiment = await storage.createExperiment({ name: "sampled", space });
    const handles = [storage, await again()];
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const handle = handles[i % 2] ?? storage;
        const random = createRandom(i);
        for (;;) {
          const cursor = await handle.readCursor(experiment);
          if ((await handle.countPlaces(experiment, 50)) === 0) return;
          const suggestions = [1, 2, 3].map((step) => ({
            params: space.sample(random),
            occurrence: 0,
            position: cursor.position + step,
          }));
          await handle.registerTrials(experiment, cursor, suggestions, { maxTrials: 50 });
        }
      }),
    );
    const trials = await storage.getTrials(experiment);
    expect(numbersOf(trials)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect((await storage.readCursor(experiment)).position).toBe(50);
  });

  test("a broken trial frees its place, and a pruned one keeps it", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(10));
    const extend = async (): Promise<unknown> => {
      const cursor = await storage.readCursor(experiment);
      const suggestions = suggestionsOf(experiment, cursor.position);
      const registration = await storage.registerTrials(experiment, cursor, suggestions, {
        maxTrials: 3,
      });
      return registration.moved && registration.registered;
    };
    expect(await extend()).toBe(3);
    expect(await extend()).toBe(0);
    await trialIn(storage, experiment, "broken");
    expect(await storage.countPlaces(experiment, 3)).toBe(1);
    expect(await extend()).toBe(1);
    await trialIn(storage, experiment, "pruned");
    await trialIn(storage, experiment, "completed");
    expect(await extend()).toBe(0);
    expect((await storage.readCursor(experiment)).position).toBe(4);
    expect(await storage.countPlaces(experiment, 12)).toBe(9);
  });

  test("a place that was taken again is none", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(10));
    const first = await storage.readCursor(experiment);
    const maxTrials = 3;
    await storage.registerTrials(experiment, first, suggestionsOf(experiment, 0, 3), { maxTrials });
    const { id } = await trialIn(storage, experiment, "broken");
    const cursor = await storage.readCursor(experiment);
    await storage.setTrialStatus(id, "new");
    // Who read the cursor before has to read it again, however many trials it may register.
    const suggestions = suggestionsOf(experiment, 3);
    expect(await storage.registerTrials(experiment, cursor, suggestions)).toEqual({ moved: false });
    const fresh = await storage.readCursor(experiment);
    expect(
      await storage.registerTrials(experiment, fresh, suggestions, { maxTrials }),
    ).toMatchObject({ moved: true, registered: 0 });
  });

  test("the position after the last suggestion can lie further", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(9));
    const cursor = await storage.readCursor(experiment);
    const suggestions = suggestionsOf(experiment, 2, 4);
    await storage.registerTrials(experiment, cursor, suggestions, { finalPosition: 9 });
    expect((await storage.readCursor(experiment)).position).toBe(9);
    // Not all were given out: the rest is to be proposed again.
    const next = await storage.readCursor(experiment);
    await storage.registerTrials(experiment, next, suggestionsOf(experiment, 4, 8), {
      finalPosition: 20,
      maxTrials: 4,
    });
    expect((await storage.readCursor(experiment)).position).toBe(6);
  });

  test("trials may be reserved as they are registered, and those that were there are not", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(4));
    await storage.registerTrial(experiment, { x: 1, fixed: "constant" });
    const cursor = await storage.readCursor(experiment);
    const registration = await storage.registerTrials(
      experiment,
      cursor,
      suggestionsOf(experiment),
      {
        reserveFor: "holder",
      },
    );
    const claims = registration.moved ? registration.claimed : [];
    expect(numbersOf(claims)).toEqual([0, 2, 3]);
    const trials = await storage.getTrials(experiment);
    expect(trials.map(({ status }) => status)).toEqual(["reserved", "new", "reserved", "reserved"]);
    expect(await storage.renewLeases(claims)).toEqual([true, true, true]);
    expect(numbersOf(await storage.claimTrials(experiment, "other", 9))).toEqual([1]);
  });

  test("repeats of the same parameters are trials of their own", async (storage) => {
    const space = createSpace({ a: choice(["x", "y"]), again: repeat(1, 3) });
    const experiment = await storage.createExperiment({ name: "repeats", space });
    await registerGrid(storage, experiment);
    const trials = await storage.getTrials(experiment);
    expect(trials.map(({ params }) => params["a"]).join("")).toBe("xxxyyy");
    expect(new Set(trials.map(({ id }) => id)).size).toBe(6);
    expect(new Set(trials.map(({ seed }) => seed)).size).toBe(6);
  });

  test("registration for a deleted experiment is NOT_FOUND, and stores nothing", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(4));
    const cursor = await storage.readCursor(experiment);
    await storage.deleteExperiment(experiment);
    await expect(storage.readCursor(experiment)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await storage.registerTrials(experiment, cursor, suggestionsOf(experiment))).toEqual({
      moved: false,
    });
    expect(await storage.claimTrials(experiment, "holder", 9)).toEqual([]);
  });

  test("parameters of any storable value come back in the order of the space", async (storage) => {
    const values = { z: [NaN, 1n], a: { date: new Date(5), deep: { b: null } }, m: "text" };
    const space = createSpace({ z: constant(values.z), a: { ...values.a }, m: values.m });
    const experiment = await storage.createExperiment({ name: "values", space });
    await registerGrid(storage, experiment);
    const [trial] = await storage.getTrials(experiment);
    expect(trial?.params).toEqual(spaceFromDefinition(experiment.space).at(0));
    expect(Object.keys(trial?.params ?? {})).toEqual(["z", "a", "m"]);
    const claim = await reserved(storage, experiment);
    expect(claim.params).toBe(
      '{"z":[{"$number":"NaN"},{"$bigint":"1"}],"a":{"date":{"$date":"1970-01-01T00:00:00.005Z"},"deep":{"b":null}},"m":"text"}',
    );
  });
}
