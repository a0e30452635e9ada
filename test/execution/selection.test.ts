import type { Storage } from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

const grid = `
export default defineExperiment({
  name: "grid",
  space: {
    optimizer: choice(["sgd", "adam"]),
    layers: choice([1, 2, 3]),
    rate: linspace(0, 1, 3),
    model: { bias: choice([true, false]) },
  },
  objective: { minimize: "loss" },
  run: ({ optimizer, layers, rate, model }, trial) => {
    appendFileSync(folder + "ran", trial.number + "\\n");
    return { loss: layers * rate };
  },
});`;

async function completed(storage: Storage, name = "grid"): Promise<Record<string, unknown>[]> {
  const trials = await storage.fetchTrialsByStatus(name, "completed");
  return trials.map(({ params }) => ({ ...params }));
}

describe("name=value", () => {
  test("runs only the trials with these values, under their numbers of the whole grid", async () => {
    const { execute, open } = await experimentFolder(grid);
    const summary = await execute({ narrow: ["optimizer=adam", "layers=2", "model.bias=true"] });
    expect(summary).toMatchObject({ executed: 3, skipped: 0 });
    const storage = await open();
    expect(await completed(storage)).toEqual(
      [0, 0.5, 1].map((rate) => ({ optimizer: "adam", layers: 2, rate, model: { bias: true } })),
    );
    const ran = await storage.fetchTrialsByStatus("grid", "completed");
    expect(ran.map(({ number }) => number)).toEqual([24, 26, 28]);
  });

  test("is the same as a map of typed values", async () => {
    const { execute, open } = await experimentFolder(grid);
    await execute({ narrow: { optimizer: "sgd", rate: 0.5, "model.bias": false } });
    expect(await completed(await open())).toEqual(
      [1, 2, 3].map((layers) => ({ optimizer: "sgd", layers, rate: 0.5, model: { bias: false } })),
    );
  });

  test("gives a free input its value, and only such trials count", async () => {
    const { execute, open } = await experimentFolder(`
export default defineExperiment({
  name: "free",
  space: { x: choice([1, 2, 3]), input: assay.parameter() },
  run: ({ input }) => ({ input }),
});`);
    await expect(execute()).rejects.toMatchObject({
      code: "USAGE",
      message: 'The parameter "input" has no value; give it as input=VALUE',
    });
    await execute({ narrow: ["input=5"] });
    const storage = await open();
    expect(await storage.countByStatus("free")).toMatchObject({
      total: null,
      completed: 3,
      new: 0,
    });
    const trials = await storage.getTrials("free");
    expect(trials.map(({ number, results }) => [number, results?.["input"]])).toEqual([
      [0, 5],
      [1, 5],
      [2, 5],
    ]);
    const [first] = trials;
    await storage.markTrialIncomplete(first?.id ?? "");
    expect(await execute({ trial: first?.id ?? "" })).toMatchObject({ executed: 1 });
  });

  test("leaves the rest for a later run of the whole grid", async () => {
    const { execute, lines } = await experimentFolder(grid);
    await execute({ narrow: ["layers=2"] });
    expect(await execute()).toMatchObject({ executed: 24, skipped: 12 });
    expect(await execute({ narrow: ["layers=2"] })).toMatchObject({ executed: 0, skipped: 12 });
    const ran = (await lines("ran")).map(Number);
    expect([...ran].sort((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, i) => i));
  });

  test("adds a value that its dimension admits but the grid lacks, behind the grid", async () => {
    const { execute, open } = await experimentFolder(grid);
    expect(await execute({ narrow: ["rate=0.25", "layers=1"] })).toMatchObject({ executed: 4 });
    const storage = await open();
    const added = await storage.fetchTrialsByStatus("grid", "completed");
    expect(added.map(({ params }) => params["rate"])).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(added.map(({ number }) => number)).toEqual([36, 37, 38, 39]);
    expect(await execute({ narrow: ["rate=0.25", "layers=1"] })).toMatchObject({
      executed: 0,
      skipped: 4,
    });
    expect(await execute()).toMatchObject({ executed: 36, skipped: 4 });
  });

  test.each([
    [["raet=0.5"], "rate"],
    [["rate=2"], "rate"],
    [["layers=7"], "layers"],
    [["layers"], "name=value"],
    [["layers=1", "layers=2"], '"layers" is given twice'],
  ])("that is wrong is told, and nothing is stored: %j", async (narrow, message) => {
    const { execute, open } = await experimentFolder(grid);
    await expect(execute({ narrow })).rejects.toThrow(message);
    expect(await (await open()).getExperiments()).toEqual([]);
  });

  test("of a sampled space draws around the fixed values, never the same trial twice", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "drawn",
        space: { n: integer(1, 3), x: uniform(0, 1) },
        maxTrials: 100,
        run: ({ n, x }) => ({ y: n * x }),
      });`);
    const fixed = await execute({ narrow: ["x=0.5"] });
    expect(fixed).toMatchObject({ completed: 3 });
    expect(await execute({ narrow: ["x=0.5"] })).toMatchObject({ executed: 0, skipped: 3 });
    const storage = await open();
    const drawn = await completed(storage, "drawn");
    expect(drawn.map(({ n }) => n as number).sort()).toEqual([1, 2, 3]);
    expect(drawn.every(({ x }) => x === 0.5)).toBe(true);
    expect(await execute({ narrow: ["n=2"], maxTrials: 10 })).toMatchObject({
      executed: 7,
      skipped: 1,
    });
  });

  test("gives a free input its value, which a run without it asks for", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "input",
        space: { n: choice([1, 2]), scale: assay.parameter<number>() },
        run: ({ n, scale }) => ({ y: n * scale }),
      });`);
    await expect(execute()).rejects.toMatchObject({
      code: "USAGE",
      message: 'The parameter "scale" has no value; give it as scale=VALUE',
    });
    expect(await execute({ narrow: ["scale=2.5"] })).toMatchObject({ completed: 2 });
    const trials = await (await open()).getTrials("input");
    expect(trials.map(({ results }) => results)).toEqual([{ y: 2.5 }, { y: 5 }]);
  });
});

describe("one trial", () => {
  test("is run by its id or a prefix of it", async () => {
    const { execute, open, lines } = await experimentFolder(grid);
    await execute({ maxTrials: 3, executor: "serial" });
    const storage = await open();
    const [, second, third] = await storage.getTrialIds("grid");
    await storage.markTrialIncomplete(second!);
    await storage.markTrialIncomplete(third!);
    expect(await execute({ trial: second! })).toMatchObject({ executed: 1, skipped: 0 });
    expect(await execute({ trial: third!.slice(0, 12) })).toMatchObject({ executed: 1 });
    expect(await lines("ran")).toEqual(["0", "1", "2", "1", "2"]);
  });

  test("that is completed is skipped", async () => {
    const { execute, open } = await experimentFolder(grid);
    await execute({ maxTrials: 1 });
    const [id] = await (await open()).getTrialIds("grid");
    expect(await execute({ trial: id! })).toMatchObject({ executed: 0, skipped: 1 });
  });

  test("that broke is run again only when that is asked for", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "fragile",
        space: { n: choice([1, 2]) },
        run: ({ n }, trial) => { if (trial.attempt === 1) throw new Error("First"); },
      });`);
    await execute();
    const [id] = await (await open()).getTrialIds("fragile");
    expect(await execute({ trial: id! })).toMatchObject({ executed: 0 });
    expect(await execute({ trial: id!, retryBroken: true })).toMatchObject({ completed: 1 });
    expect(await execute()).toMatchObject({ executed: 0, skipped: 1, brokenInExperiment: 1 });
  });

  test("of another experiment, or of none, is an error", async () => {
    const { execute, open, write } = await experimentFolder(grid);
    await execute({ maxTrials: 1 });
    const [id] = await (await open()).getTrialIds("grid");
    await expect(execute({ trial: "ffffffff" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await write(
      "experiment.ts",
      `import { defineExperiment } from "assay";
       export default defineExperiment({ name: "other", space: { a: 1 }, run: () => ({}) });`,
    );
    await expect(execute({ trial: id! })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `Trial ${id!} belongs to "grid", not to "other"`,
    });
  });
});

describe("maxTrials", () => {
  const drawn = `
    export default defineExperiment({
      name: "drawn",
      space: { x: uniform(0, 1) },
      run: ({ x }, trial) => {
        if (existsSync(folder + "fails") && trial.number % 2 === 1) throw new Error("Odd");
        return { x };
      },
    });`;

  test("is needed where values are drawn, and the error names the parameter", async () => {
    const { execute, open } = await experimentFolder(drawn);
    await expect(execute()).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/"x".*--max-trials N/) as unknown,
    });
    expect(await (await open()).getExperiments()).toEqual([]);
  });

  test.each(executors)("is exact over several invocations with %s", async (executor) => {
    const { execute, open } = await experimentFolder(drawn);
    expect(await execute({ executor, maxTrials: 5 })).toMatchObject({ executed: 5 });
    expect(await execute({ executor, maxTrials: 5 })).toMatchObject({ executed: 0, skipped: 5 });
    expect(await execute({ executor, maxTrials: 12 })).toMatchObject({ executed: 7, skipped: 5 });
    // What an earlier run was limited to holds until another limit is given.
    expect(await execute({ executor })).toMatchObject({ executed: 0, skipped: 12 });
    expect(await (await open()).countTrials("drawn")).toBe(12);
  });

  test.each(executors)("gives the place of a broken trial to another with %s", async (executor) => {
    const { execute, open, write } = await experimentFolder(drawn);
    await write("fails", "");
    const summary = await execute({ executor, maxTrials: 10 });
    expect(summary).toMatchObject({ completed: 10, executed: 10 + summary.broken });
    expect(summary.broken).toBeGreaterThanOrEqual(9);
    const storage = await open();
    expect(await storage.countCompletedTrials("drawn")).toBe(10);
    expect(await storage.countTrials("drawn", "new")).toBe(0);
  });

  test("leaves no room for broken trials whose places were taken", async () => {
    const { execute, open, write } = await experimentFolder(drawn);
    await write("fails", "");
    await execute({ maxTrials: 4 });
    expect(await execute({ maxTrials: 4, retryBroken: true })).toMatchObject({ executed: 0 });
    const storage = await open();
    expect(await storage.countCompletedTrials("drawn")).toBe(4);
    const { broken } = await storage.countByStatus("drawn");
    expect(broken).toBeGreaterThan(0);
  });

  test("cuts a grid, and a later run without it finishes the grid", async () => {
    const { execute } = await experimentFolder(grid);
    expect(await execute({ maxTrials: 5 })).toMatchObject({ executed: 5 });
    expect(await execute()).toMatchObject({ executed: 31, skipped: 5 });
  });
});

describe.each(executors)("retryBroken with %s", (executor) => {
  const fragile = `
    export default defineExperiment({
      name: "fragile",
      space: { n: choice([1, 2, 3, 4, 5, 6]) },
      run: ({ n }, trial) => {
        if (n % 2 === 0 && (trial.attempt === 1 || n === 6)) throw new Error("Broken n " + n);
        return { n };
      },
    });`;

  test("runs what broke before this run, and that only once", async () => {
    const { execute, open } = await experimentFolder(fragile);
    expect(await execute({ executor })).toMatchObject({ completed: 3, broken: 3 });
    expect(await execute({ executor })).toMatchObject({ executed: 0, brokenInExperiment: 3 });
    const again = await execute({ executor, retryBroken: true });
    expect(again).toMatchObject({ executed: 3, completed: 2, broken: 1, brokenInExperiment: 1 });
    const storage = await open();
    const [broken] = await storage.fetchTrialsByStatus("fragile", "broken");
    expect(broken).toMatchObject({
      attempt: 2,
      params: { n: 6 },
      error: { message: "Broken n 6" },
    });
    const attempts = await storage.getAttempts(broken!.id);
    expect(attempts.map(({ status, error }) => [status, error?.message])).toEqual([
      ["broken", "Broken n 6"],
      ["broken", "Broken n 6"],
    ]);
  });

  test("keeps to the trials that name=value leaves", async () => {
    const { execute, open } = await experimentFolder(fragile);
    await execute({ executor });
    const summary = await execute({ executor, retryBroken: true, narrow: ["n=2"] });
    expect(summary).toMatchObject({ executed: 1, completed: 1, brokenInExperiment: 2 });
    expect(await (await open()).countCompletedTrials("fragile")).toBe(4);
  });
});

describe("the random algorithm", () => {
  const small = `
    export default defineExperiment({
      name: "small",
      space: { p: "uniform(0, 270, discrete=True)" },
      seed: 3,
      run: ({ p }) => ({ p }),
    });`;

  test("draws each of 271 values once, in the same order for the same seed, and stops", async () => {
    const first = await experimentFolder(small);
    expect(await first.execute({ maxTrials: 1000 })).toMatchObject({ completed: 271 });
    const values = (await completed(await first.open(), "small")).map(({ p }) => p);
    expect(new Set(values).size).toBe(271);
    expect(await first.execute({ maxTrials: 1000 })).toMatchObject({ executed: 0, skipped: 271 });

    // Another process, in three goes and in the calling thread, goes through the same sequence.
    const second = await experimentFolder(small);
    for (const maxTrials of [7, 100, 1000]) await second.execute({ maxTrials, executor: "inline" });
    expect((await completed(await second.open(), "small")).map(({ p }) => p)).toEqual(values);
  });

  test("walks a grid in a random order, every trial once", async () => {
    const { execute, lines } = await experimentFolder(grid);
    await execute({ algorithm: "random", maxTrials: 10 });
    await execute({ algorithm: "random" });
    const ran = (await lines("ran")).map(Number);
    const inOrder = Array.from({ length: 36 }, (_, i) => i);
    expect(ran).not.toEqual(inOrder);
    expect([...ran].sort((a, b) => a - b)).toEqual(inOrder);
  });

  test("that takes over a grid begun in order leaves no trial out", async () => {
    const { execute, lines } = await experimentFolder(grid);
    await execute({ maxTrials: 10 });
    expect(await execute({ algorithm: "random" })).toMatchObject({ executed: 26, skipped: 10 });
    const ran = (await lines("ran")).map(Number);
    expect([...ran].sort((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, i) => i));
  });

  test("is refused a name that does not exist", async () => {
    const { execute, open } = await experimentFolder(grid);
    await expect(execute({ algorithm: "randm" })).rejects.toThrow('did you mean "random"?');
    expect(await (await open()).getExperiments()).toEqual([]);
  });
});

describe("options", () => {
  test.each([
    [{ maxTrails: 5 }, 'Unknown option "maxTrails" of execute; did you mean "maxTrials"?'],
    [{ executor: "seriel" }, 'Unknown executor "seriel"; did you mean "serial"?'],
    [{ maxTrials: 0 }, "maxTrials is a whole number from 1 on, got 0"],
    [{ maxBroken: 1.5 }, "maxBroken is a whole number from 1 on, got 1.5"],
    [{ timeout: -1 }, "timeout is a number of milliseconds above 0, got -1"],
    [
      { trial: "abcd", narrow: ["layers=1"] },
      "Either one trial or name=value can be given, not both",
    ],
    [{ directory: "/no/such/folder" }, 'The directory "/no/such/folder" cannot be entered'],
  ])("that are wrong are told before anything is done: %j", async (options, message) => {
    const { execute, path } = await experimentFolder(grid);
    await expect(execute(options as object)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(message) as unknown,
    });
    const { existsSync } = await import("node:fs");
    expect(existsSync(path("assay.db"))).toBe(false);
  });
});
