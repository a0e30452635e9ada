import { defineExperiment, choice, execute, openStorage } from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

const withStore = `
export default defineExperiment({
  name: "stored",
  space: { n: choice([1, 2, 3]), m: choice([0, 1]), config_param: 13 },
  setup: async (config) => {
    appendFileSync(folder + "setups", "once\\n");
    await sleep(1);
    return { magic_number: 42, data: [1, 101, 1001], config_param: config.config_param };
  },
  run: (params, trial) => ({ ...trial.store, same: assay.getStore() === trial.store }),
});`;

describe.each(executors)("the store with %s", (executor) => {
  test("is what setup made of the configuration, built once for all trials", async () => {
    const { execute, open, lines } = await experimentFolder(withStore);
    expect(await execute({ executor })).toMatchObject({ completed: 6 });
    const trials = await (await open()).getTrials("stored");
    for (const { results } of trials) {
      expect(results).toEqual({
        magic_number: 42,
        data: [1, 101, 1001],
        config_param: 13,
        same: true,
      });
    }
    expect(trials).toHaveLength(6);
    expect(await lines("setups")).toEqual(["once"]);
  });

  test("is not built when there is nothing to run", async () => {
    const { execute, lines } = await experimentFolder(withStore);
    await execute({ executor });
    await execute({ executor });
    expect(await lines("setups")).toHaveLength(1);
  });

  test("that cannot be built ends the run and charges no trial", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "unbuilt",
        space: { n: choice([1, 2, 3]) },
        setup: () => readTable("penguins.csv"),
        run: () => ({}),
      });
      function readTable(name: string) {
        throw new Error(\`No table \${name}\`);
      }`);
    const failed = execute({ executor });
    await expect(failed).rejects.toMatchObject({
      code: "SETUP_FAILED",
      message: 'setup of "unbuilt" threw: No table penguins.csv',
    });
    const { stack } = (await failed.catch((error: unknown) => error)) as Error;
    if (executor === "serial") expect(stack).toMatch(/readTable .*experiment\.ts:\d+/);
    const storage = await open();
    const trials = await storage.getTrials("unbuilt");
    expect(trials.every(({ status, attempt }) => status === "new" && attempt === 0)).toBe(true);
    expect(await storage.getRuns("unbuilt")).toMatchObject([{ status: "failed" }]);
  });

  test("that is built at last serves the trials of the next run at once", async () => {
    const { execute, write } = await experimentFolder(`
      export default defineExperiment({
        name: "later",
        space: { n: choice([1, 2, 3]) },
        setup: () => { if (!existsSync(folder + "table")) throw new Error("No table"); },
        run: () => ({}),
      });`);
    await expect(execute({ executor })).rejects.toMatchObject({ code: "SETUP_FAILED" });
    await write("table", "");
    expect(await execute({ executor })).toMatchObject({ completed: 3 });
  });
});

test("a worker that ends while it builds the store ends the run", async () => {
  const { execute } = await experimentFolder(`
    export default defineExperiment({
      name: "exits", space: { n: choice([1, 2]) }, setup: () => process.exit(3), run: () => ({}) });`);
  await expect(execute()).rejects.toMatchObject({
    code: "SETUP_FAILED",
    message: expect.stringContaining("exit code 3") as unknown,
  });
});

test("an experiment without setup has no store, and the error says how to have one", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "storeless", space: { n: 1 }, run: () => ({ store: assay.getStore() }) });`);
  expect(await execute()).toMatchObject({ broken: 1 });
  const [trial] = await (await open()).getTrials("storeless");
  expect(trial?.error?.message).toBe(
    "The experiment has no store; define setup: (config) => … to build one",
  );
});

test("in the calling thread the store is what setup returned, not a copy", async () => {
  await using storage = await openStorage("memory:");
  const table = new Map([["a", 1]]);
  const experiment = defineExperiment({
    name: "shared",
    space: { n: choice([1, 2]) },
    setup: () => table,
    run: (_params, trial) => ({ same: trial.store === table }),
  });
  await execute(experiment, { storage });
  const trials = await storage.getTrials("shared");
  expect(trials.map(({ results }) => results)).toEqual([{ same: true }, { same: true }]);
});
