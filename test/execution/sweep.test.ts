import {
  choice,
  createSpace,
  defineExperiment,
  execute,
  logspace,
  matched,
  openStorage,
} from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

/** Six trials: n in [2, 3] by misc in [1, 10, 100]. */
const sweep = `
export default defineExperiment({
  name: "sweep",
  space: { n: choice([2, 3]), misc: logspace(1, 100, 3), m: 5 },
  objective: { maximize: "score" },
  run: ({ n, misc, m }, trial) => {
    appendFileSync(folder + "ran", trial.number + "\\n");
    return { score: n * misc + m };
  },
});`;

describe("the trials of a sweep", () => {
  test("are the product of the parameters, with constants copied into each", () => {
    const space = createSpace({ n: choice([3, 7]), misc: logspace(1, 1000, 4), m: 5, flag: false });
    const trials = Array.from({ length: space.size }, (_, i) => space.at(i));
    expect(trials).toHaveLength(8);
    expect(trials.map(({ misc }) => misc)).toEqual([1, 10, 100, 1000, 1, 10, 100, 1000]);
    expect(trials.map(({ n }) => n)).toEqual([3, 3, 3, 3, 7, 7, 7, 7]);
    expect(new Set(trials.map(({ flag, m }) => `${String(flag)} ${String(m)}`))).toEqual(
      new Set(["false 5"]),
    );
  });

  test("of constants only are one", async () => {
    const { execute, open } = await experimentFolder(
      `export default defineExperiment({ name: "one", space: { a: 1 }, run: ({ a }) => ({ b: a }) });`,
    );
    expect(await execute()).toMatchObject({ executed: 1, completed: 1 });
    const [trial, ...others] = await (await open()).getTrials("one");
    expect(trial).toMatchObject({ number: 0, params: { a: 1 }, results: { b: 1 } });
    expect(others).toEqual([]);
  });
});

describe.each(executors)("executing a file with %s", (executor) => {
  test("runs every trial once and keeps parameters and results", async () => {
    const { execute, open, lines } = await experimentFolder(sweep);
    const summary = await execute({ executor });
    expect(summary).toMatchObject({
      experiment: "sweep@1",
      executed: 6,
      skipped: 0,
      completed: 6,
      broken: 0,
      interrupted: 0,
      stopped: null,
    });
    expect(summary.best).toMatchObject({ number: 5, results: { score: 305 } });
    expect(await lines("ran")).toEqual(["0", "1", "2", "3", "4", "5"]);
    const trials = await (await open()).getTrials("sweep");
    expect(trials.map(({ params, results }) => ({ ...params, ...results }))).toEqual([
      { n: 2, misc: 1, m: 5, score: 7 },
      { n: 2, misc: 10, m: 5, score: 25 },
      { n: 2, misc: 100, m: 5, score: 205 },
      { n: 3, misc: 1, m: 5, score: 8 },
      { n: 3, misc: 10, m: 5, score: 35 },
      { n: 3, misc: 100, m: 5, score: 305 },
    ]);
    expect(trials.every(({ status, attempt }) => status === "completed" && attempt === 1)).toBe(
      true,
    );
  });

  test("skips what is completed: nothing is run again, ids and results stay", async () => {
    const { execute, open } = await experimentFolder(sweep);
    await execute({ executor });
    const storage = await open();
    const before = await storage.getTrials("sweep");
    const again = await execute({ executor });
    expect(again).toMatchObject({ executed: 0, skipped: 6, completed: 0, run: null });
    expect(again.best).toMatchObject({ number: 5 });
    expect(await storage.getTrials("sweep")).toEqual(before);
  });

  test("runs only what is missing", async () => {
    const { execute, open, lines } = await experimentFolder(sweep);
    await execute({ executor });
    const storage = await open();
    const ids = await storage.getTrialIds("sweep");
    await storage.markTrialIncomplete(ids[1]!);
    await storage.markTrialIncomplete(ids[4]!);
    expect(await execute({ executor })).toMatchObject({ executed: 2, skipped: 4 });
    expect((await lines("ran")).slice(6)).toEqual(["1", "4"]);
    expect(await storage.getTrialIds("sweep")).toEqual(ids);
  });
});

describe("an experiment that is stored already", () => {
  test("is the same one when name and space are", async () => {
    const { execute, open } = await experimentFolder(sweep);
    await execute();
    const storage = await open();
    const { id } = await storage.getExperiment("sweep");
    await execute();
    expect((await storage.getExperiment("sweep")).id).toBe(id);
  });

  test("with other parameters is a conflict that changes nothing", async () => {
    const { execute, open, file, write, read } = await experimentFolder(sweep);
    await execute();
    const storage = await open();
    const before = await storage.getTrials("sweep");
    await write(file.split("/").at(-1)!, (await read("experiment.ts")).replace("m: 5", "m: 1"));
    await expect(execute()).rejects.toMatchObject({
      code: "CONFLICT",
      message:
        'Found existing experiment with name "sweep", but with different parameters. Use a different name.',
    });
    expect(await storage.getTrials("sweep")).toEqual(before);
    expect(await storage.getExperiments()).toHaveLength(1);
  });

  test("is replaced by overwrite, under new ids", async () => {
    const { execute, open } = await experimentFolder(sweep);
    await execute();
    const storage = await open();
    const before = {
      ids: await storage.getTrialIds("sweep"),
      ...(await storage.getExperiment("sweep")),
    };
    expect(await execute({ overwrite: true })).toMatchObject({ executed: 6, skipped: 0 });
    const after = {
      ids: await storage.getTrialIds("sweep"),
      ...(await storage.getExperiment("sweep")),
    };
    expect(after.id).not.toBe(before.id);
    expect(after.ids.filter((id) => before.ids.includes(id))).toEqual([]);
    expect(after.ids).toHaveLength(6);
    expect(await storage.getExperiments()).toHaveLength(1);
  });

  test("is replaced by overwrite with other parameters: exactly the new trials are there", async () => {
    const { execute, open, write, read } = await experimentFolder(sweep);
    await execute();
    const changed = (await read("experiment.ts")).replace(
      "{ n: choice([2, 3]), misc: logspace(1, 100, 3), m: 5 }",
      "{ n: choice([10, 20]), misc: 0, m: 10 }",
    );
    await write("experiment.ts", changed);
    expect(await execute({ overwrite: true })).toMatchObject({ executed: 2, completed: 2 });
    const trials = await (await open()).getTrials("sweep");
    expect(trials.map(({ params }) => params)).toEqual([
      { n: 10, misc: 0, m: 10 },
      { n: 20, misc: 0, m: 10 },
    ]);
  });
});

describe("an experiment that is an object", () => {
  const experiment = defineExperiment({
    name: "square",
    space: { x: choice([1, 2, 3]) },
    objective: { minimize: "y" },
    run: ({ x }) => ({ y: x * x }),
  });

  test("is run in the calling thread", async () => {
    await using storage = await openStorage("memory:");
    const seen: string[] = [];
    const closure = defineExperiment({
      name: "closure",
      space: { x: choice([1, 2]) },
      run: ({ x }) => {
        seen.push(`x is ${x}`);
      },
    });
    expect(await execute(closure, { storage })).toMatchObject({ completed: 2, best: null });
    expect(seen).toEqual(["x is 1", "x is 2"]);
  });

  test("leaves a storage that it was given open", async () => {
    await using storage = await openStorage("memory:");
    const { best } = await execute(experiment, { storage });
    expect(best).toMatchObject({ results: { y: 1 } });
    expect(await storage.countCompletedTrials("square")).toBe(3);
  });

  test("cannot be run by a worker thread, and the error says what to do", async () => {
    await using storage = await openStorage("memory:");
    await expect(execute(experiment, { storage, executor: "serial" })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("pass the path of its file to execute") as unknown,
    });
    expect(await storage.getExperiments()).toEqual([]);
  });
});

describe("a definition with a mistake", () => {
  test("names both lengths of matched values that do not fit; nothing is stored", async () => {
    expect(() =>
      defineExperiment({
        name: "matched",
        space: { a: choice([1, 2]), b: choice([1, 2]), c: matched(["x", "y", "z"]) },
        run: () => ({}),
      }),
    ).toThrow(/3.*4|4.*3/);
    const { execute, path } = await experimentFolder(`export default defineExperiment({
      name: "matched", space: { a: choice([1, 2, 3, 4]), c: matched([1, 2, 3]) }, run: () => ({}) });`);
    await expect(execute()).rejects.toMatchObject({ code: "INVALID_SPACE" });
    const { existsSync } = await import("node:fs");
    expect(existsSync(path("assay.db"))).toBe(false);
  });

  test.each([
    [{ maxTrials: 0 }, "maxTrials is a whole number from 1 on, got 0"],
    [{ maxTrials: "5" }, 'maxTrials is a whole number from 1 on, got "5"'],
    [{ seed: -1 }, "seed is a whole number from 0 on, got -1"],
    [{ algorithm: "gridd" }, 'Unknown algorithm "gridd"; did you mean "grid"?'],
    [{ sead: 1 }, 'Unknown field "sead" of an experiment; did you mean "seed"?'],
  ])("is told when it is defined: %j", (fields, message) => {
    const definition = { name: "x", space: { a: choice([1]) }, run: () => ({}), ...fields };
    expect(() => defineExperiment(definition as never)).toThrow(message);
  });
});
