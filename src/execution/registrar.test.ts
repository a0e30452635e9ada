import { describe, expect, onTestFinished, test } from "vitest";
import type { Algorithm } from "../algorithms/algorithm.ts";
import { createGrid } from "../algorithms/grid.ts";
import type { Experiment } from "../model/experiment.ts";
import { choice } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { Registrar, type Extension } from "./registrar.ts";

const space = createSpace({ n: choice(Array.from({ length: 10 }, (_, n) => n)) });

async function storedGrid(): Promise<{ storage: Storage; experiment: Experiment }> {
  const storage = await openStorage("memory:");
  onTestFinished(() => storage.close());
  return { storage, experiment: await storage.createExperiment({ name: "grid", space }) };
}

function numbers(extension: Extension): number[] {
  return extension.kind === "registered" ? extension.claimed.map(({ number }) => number) : [];
}

describe("a grid that is registered step by step", () => {
  test("reserves each step for its holder, and is exhausted at its end", async () => {
    const { storage, experiment } = await storedGrid();
    const registrar = new Registrar(storage, experiment, createGrid(space), Infinity);
    expect(numbers(await registrar.extend(4, "a"))).toEqual([0, 1, 2, 3]);
    expect(await storage.countTrials(experiment, "reserved")).toBe(4);
    expect(numbers(await registrar.extend(100, "a"))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(await registrar.extend(1, "a")).toEqual({ kind: "exhausted" });
    expect(await storage.countTrials(experiment)).toBe(10);
  });

  test("gives every trial to one of those that register it at a time", async () => {
    const { storage, experiment } = await storedGrid();
    const extend = async (holder: string): Promise<number[]> => {
      const registrar = new Registrar(storage, experiment, createGrid(space), Infinity);
      const got: number[] = [];
      for (;;) {
        const extension = await registrar.extend(2, holder);
        if (extension.kind !== "registered") return got;
        got.push(...numbers(extension));
      }
    };
    const got = await Promise.all(["a", "b", "c"].map(extend));
    expect(got.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => n));
  });

  test("stops when another run changes the algorithm, whose positions mean something else", async () => {
    const { storage, experiment } = await storedGrid();
    const registrar = new Registrar(storage, experiment, createGrid(space), Infinity);
    await registrar.extend(4, "a");
    await storage.updateExperiment(experiment, { algorithm: { name: "random" } });
    await expect(registrar.extend(4, "a")).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await storage.readCursor(experiment)).position).toBe(0);
  });

  test("leaves trials that are there already to those who have them", async () => {
    const { storage, experiment } = await storedGrid();
    const inserted = await storage.registerTrial(experiment, { n: 1 }, { reserveFor: "elsewhere" });
    const registrar = new Registrar(storage, experiment, createGrid(space), Infinity);
    expect(numbers(await registrar.extend(3, "a"))).toEqual([0, 2]);
    expect(await storage.renewLeases([inserted.claim!])).toEqual([true]);
  });

  test("tells an algorithm that learns what earlier runs found, before it suggests, and then each once", async () => {
    const storage = await openStorage("memory:");
    onTestFinished(() => storage.close());
    const objectives = [{ name: "loss", direction: "minimize" }] as const;
    const experiment = await storage.createExperiment({ name: "grid", space, objectives });
    for (const n of [3, 1, 2, 0]) {
      const results = n === 2 ? {} : { results: { loss: n / 2 } };
      await storage.registerTrial(experiment, { n }, results);
    }
    const [, , third] = await storage.getTrials(experiment);
    await storage.setTrialStatus(third!.id, "broken");

    const heard: unknown[] = [];
    const grid = createGrid(space);
    const learner: Algorithm = {
      name: "learner",
      suggest: async (request) => {
        heard.push("asked");
        return await grid.suggest(request);
      },
      observe: ({ number, status, objective, params }) => {
        heard.push([number, status, objective, params()["n"]]);
      },
    };
    const registrar = new Registrar(storage, experiment, learner, Infinity);
    const live = (number: number): void => {
      const objective = number / 2;
      const params = () => ({ n: number });
      registrar.observe({ id: String(number), number, status: "completed", objective, params });
    };
    // One that is stored by now, and one that is not yet.
    live(1);
    live(7);
    await registrar.extend(1, "a");
    live(8);
    await registrar.extend(1, "a");
    expect(heard.filter((entry) => entry !== "asked")).toEqual([
      [0, "completed", 0, 0],
      [1, "completed", 0.5, 1],
      [2, "broken", undefined, 2],
      [3, "completed", 1.5, 3],
      [7, "completed", 3.5, 7],
      [8, "completed", 4, 8],
    ]);
    expect(heard.indexOf("asked")).toBe(5);
  });

  test("stops at the limit, and goes on when a broken trial gives its place away", async () => {
    const { storage, experiment } = await storedGrid();
    const registrar = new Registrar(storage, experiment, createGrid(space), 3);
    expect(numbers(await registrar.extend(5, "a"))).toEqual([0, 1, 2]);
    expect(await registrar.extend(5, "a")).toEqual({ kind: "full" });
    const [first] = await storage.getTrialIds(experiment);
    await storage.setTrialStatus(first!, "broken");
    expect(numbers(await registrar.extend(5, "a"))).toEqual([3]);
    expect(await registrar.extend(5, "a")).toEqual({ kind: "full" });
  });
});
