import type { Experiment } from "../../model/experiment.ts";
import { choice, integer, linspace, parameter, uniform } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import type { Storage } from "../../storage/storage.ts";
import {
  briefLease,
  gridSpec,
  numbersOf,
  registerGrid,
  results,
  storedGrid,
  suggestionsOf,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

async function line(storage: Storage): Promise<Experiment> {
  return await storage.createExperiment({
    name: "line",
    space: createSpace({ x: linspace(0, 1, 5), mode: choice(["a", "b"]) }),
    objectives: [{ name: "loss", direction: "minimize" }],
  });
}

export function insertionTests({ test, expect }: StorageTests): void {
  test("a trial of the grid gets the grid's number, and the grid does not register it again", async (storage) => {
    const experiment = await line(storage);
    const inserted = await storage.registerTrial(experiment, { x: 0.25, mode: "b" });
    expect(inserted).toMatchObject({ number: 3, status: "new", params: { x: 0.25, mode: "b" } });
    expect(await storage.getTrial(inserted.id)).toEqual(inserted);
    await registerGrid(storage, await storage.getExperiment(experiment));
    const trials = await storage.getTrials(experiment);
    expect(numbersOf(trials)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(trials[3]?.id).toBe(inserted.id);
  });

  test("a trial that the grid lacks gets the next number after the grid", async (storage) => {
    const experiment = await line(storage);
    const first = await storage.registerTrial(experiment, { x: 0.3, mode: "a" });
    const second = await storage.registerTrial(experiment, { x: 0.4, mode: "a" });
    expect([first.number, second.number]).toEqual([10, 11]);
    expect(await storage.countByStatus(experiment)).toMatchObject({ total: 12, new: 12 });
  });

  test("where a free input needs a value there are only the trials that were added", async (storage) => {
    const space = createSpace({ x: choice([1, 2, 3]), input: parameter() });
    const experiment = await storage.createExperiment({ name: "free", space });
    expect(await storage.countByStatus(experiment)).toMatchObject({ total: null, new: 0 });
    const numbers = [];
    for (const x of [1, 2]) {
      numbers.push((await storage.registerTrial(experiment, { x, input: "given" })).number);
    }
    expect(numbers).toEqual([0, 1]);
    expect(await storage.countByStatus(experiment)).toMatchObject({ total: null, new: 2 });
    await expect(storage.registerTrial(experiment, { x: 3 })).rejects.toMatchObject({
      code: "INVALID_VALUE",
    });
  });

  test("many insert at the same time and every number is given once", async (storage, again) => {
    const experiment = await line(storage);
    const handles = [storage, await again()];
    const inserted = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const handle = handles[i % 2] ?? storage;
        return await handle.registerTrial(experiment, { x: 0.001 * (i + 1), mode: "a" });
      }),
    );
    expect(numbersOf(inserted).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => 10 + i),
    );
  });

  test("of many that insert the same trial one succeeds", async (storage, again) => {
    const experiment = await line(storage);
    const handles = [storage, await again()];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, i) =>
        (handles[i % 2] ?? storage).registerTrial(experiment, { x: 0.5, mode: "a" }).then(
          () => "inserted",
          (error: unknown) => (error as { code: unknown }).code,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "inserted").length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === "DUPLICATE").length).toBe(9);
  });

  test("parameters that a trial has are DUPLICATE and name it", async (storage) => {
    const experiment = await line(storage);
    const { id } = await storage.registerTrial(experiment, { x: 0.3, mode: "a" }, { results });
    await expect(storage.registerTrial(experiment, { mode: "a", x: 0.3 })).rejects.toMatchObject({
      code: "DUPLICATE",
      message: "A trial with these parameters exists already: number 10, completed",
      details: { id, number: 10, status: "completed" },
    });
    expect(await storage.countTrials(experiment)).toBe(1);
  });

  test("what is left out gets its default", async (storage) => {
    const space = createSpace({
      lr: uniform(0, 1, { default: 0.5 }),
      depth: integer(1, 9),
      fixed: "constant",
    });
    const experiment = await storage.createExperiment({ name: "defaults", space });
    const inserted = await storage.registerTrial(experiment, { depth: 3 });
    expect(inserted.params).toEqual({ lr: 0.5, depth: 3, fixed: "constant" });
    expect(Object.keys(inserted.params)).toEqual(["lr", "depth", "fixed"]);
    expect(inserted.number).toBe(0);
  });

  test("a value outside its dimension is INVALID_VALUE and nothing is stored", async (storage) => {
    const experiment = await line(storage);
    for (const params of [
      { x: 2, mode: "a" },
      { x: 0.5, mode: "c" },
      { x: "0.5", mode: "a" },
      { x: 0.5 },
      { x: 0.5, mode: "a", extra: 1 },
      null,
    ]) {
      await expect(
        storage.registerTrial(experiment, params),
        JSON.stringify(params),
      ).rejects.toMatchObject({ code: "INVALID_VALUE" });
    }
    expect(await storage.countTrials(experiment)).toBe(0);
    expect((await storage.registerTrial(experiment, { x: 0.3, mode: "a" })).number).toBe(10);
  });

  test("with valid results it is completed, without a reservation or an attempt", async (_, again) => {
    const storage = await again({ wallClock: () => new Date("2026-01-02T03:04:05.000Z") });
    const experiment = await line(storage);
    const inserted = await storage.registerTrial(experiment, { x: 0.5, mode: "a" }, { results });
    expect(inserted).toMatchObject({
      status: "completed",
      results,
      attempt: 0,
      startedAt: null,
      endedAt: "2026-01-02T03:04:05.000Z",
    });
    expect(await storage.getAttempts(inserted.id)).toEqual([]);
    expect((await storage.bestTrial(experiment))?.id).toBe(inserted.id);
    expect(await storage.claimTrials(experiment, "holder", 9)).toEqual([]);
  });

  test("a bare number is the value of the one objective", async (storage) => {
    const experiment = await line(storage);
    const inserted = await storage.registerTrial(
      experiment,
      { x: 0.5, mode: "a" },
      { results: 0.125 },
    );
    expect(inserted.results).toEqual({ loss: 0.125 });
  });

  test("results that are not valid are INVALID_RESULTS and nothing is stored", async (storage) => {
    const experiment = await line(storage);
    for (const wrong of [{ accuracy: 1 }, { loss: "0.5" }, { loss: 1, f: () => 1 }, "text", [1]]) {
      await expect(
        storage.registerTrial(experiment, { x: 0.5, mode: "a" }, { results: wrong }),
      ).rejects.toMatchObject({ code: "INVALID_RESULTS" });
    }
    expect(await storage.countTrials(experiment)).toBe(0);
  });

  test("with a reservation it is held from its first moment, and can be run", async (storage) => {
    const experiment = await line(storage);
    const inserted = await storage.registerTrial(
      experiment,
      { x: 0.5, mode: "a" },
      { reserveFor: "holder" },
    );
    expect(inserted.status).toBe("reserved");
    expect(await storage.claimTrials(experiment, "other", 9)).toEqual([]);
    const { claim } = inserted;
    if (claim === undefined) throw new Error("The trial was inserted without a claim");
    await storage.updateHeartbeat(claim);
    await storage.commitReports([
      {
        kind: "started",
        trial: claim,
        startedAt: "2026-01-01T00:00:00.000Z",
        worker: "w",
        run: "r",
      },
    ]);
    await storage.pushTrialResults(experiment, claim, results);
    expect(await storage.getTrial(inserted.id)).toMatchObject({ status: "completed", attempt: 1 });
  });

  test("a reservation that nobody keeps up is taken over", async (_, again) => {
    const storage = await again(briefLease);
    const experiment = await line(storage);
    const { claim } = await storage.registerTrial(
      experiment,
      { x: 0.5, mode: "a" },
      { reserveFor: "holder" },
    );
    expect(numbersOf(await storage.claimTrials(experiment, "other", 9))).toEqual([4]);
    await expect(storage.updateHeartbeat(claim!)).rejects.toMatchObject({ code: "LEASE_LOST" });
  });

  test("results and a reservation exclude each other", async (storage) => {
    const experiment = await line(storage);
    await expect(
      storage.registerTrial(experiment, { x: 0.5, mode: "a" }, { results, reserveFor: "holder" }),
    ).rejects.toMatchObject({ code: "USAGE" });
    expect(await storage.countTrials(experiment)).toBe(0);
  });

  test("an inserted trial takes a place of maxTrials", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(9));
    await storage.registerTrial(experiment, { x: 8, fixed: "constant" });
    const cursor = await storage.readCursor(experiment);
    const registration = await storage.registerTrials(
      experiment,
      cursor,
      suggestionsOf(experiment),
      {
        maxTrials: 4,
      },
    );
    expect(registration).toMatchObject({ moved: true, registered: 3 });
    expect(await storage.countTrials(experiment)).toBe(4);
  });

  test("inserting into an experiment that is not there is NOT_FOUND", async (storage) => {
    await storedGrid(storage, 1);
    await expect(storage.registerTrial("gird", { x: 0 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
}
