import { processes } from "assay";
import { describe, expect, test } from "vitest";
import { executors, meeting, parallelExecutors } from "../support/executors.ts";
import { experimentFolder } from "../support/experiment-folder.ts";

/** Twelve trials, run by both workers where there are two; what each finds is its result. */
function twelve(setup: string, results: string, meets: boolean, more = ""): string {
  return `${meeting}
${more}
export default defineExperiment({
  name: "stores",
  space: { n: linspace(0, 11, 12) },
  setup: async () => {
    appendFileSync(folder + "setups", worker + "\\n");
    await sleep(20);
    return ${setup};
  },
  run: async ({ n }, trial) => {
    ${meets ? "await meet(n);" : ""}
    const { store } = trial;
    return { worker, pid: process.pid, ...(${results}) };
  },
});`;
}

const meets = (name: string) => name !== "serial";
const pidsOf = (workers: readonly string[]) => workers.map((worker) => worker.split("/")[0]);
const workersOf = (name: string) => (name === "serial" ? 1 : 2);
const processesOf = (name: string) => (name === "processes" ? 2 : 1);

describe.each(executors)("the store with %s", (name, executor) => {
  test("is built once in a process, and every thread has it", async () => {
    const { execute, open, lines } = await experimentFolder(
      twelve(
        `{ table: new Map([["a", [1, 2]]]), since: new Date(3), weights: new Float64Array([0.5]) }`,
        "store",
        meets(name),
      ),
    );
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 12 });
    const trials = await (await open()).getTrials("stores");
    for (const { results } of trials) {
      expect(results).toMatchObject({
        table: new Map([["a", [1, 2]]]),
        since: new Date(3),
        weights: new Float64Array([0.5]),
      });
    }
    expect(new Set(trials.map(({ results }) => results?.["worker"])).size).toBe(workersOf(name));
    const builders = pidsOf(await lines("setups"));
    expect(builders).toHaveLength(processesOf(name));
    expect(new Set(builders).size).toBe(processesOf(name));
  });

  test("shares its SharedArrayBuffers between the threads of a process, and nothing else", async () => {
    const { execute, open } = await experimentFolder(
      twelve(
        `{ shared: new Int32Array(new SharedArrayBuffer(4)), own: new Int32Array(1) }`,
        `{ count: Atomics.add(store.shared, 0, 1) + 1, own: (store.own[0] += 1) }`,
        meets(name),
      ),
    );
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 12 });
    const trials = await (await open()).getTrials("stores");
    const by = (key: string): Map<unknown, Record<string, unknown>[]> => {
      const groups = new Map<unknown, Record<string, unknown>[]>();
      for (const { results } of trials) {
        groups.set(results?.[key], [...(groups.get(results?.[key]) ?? []), { ...results }]);
      }
      return groups;
    };
    const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    const sorted = (rows: Record<string, unknown>[], key: string) =>
      rows.map((row) => Number(row[key])).sort((a, b) => a - b);
    expect(by("pid").size).toBe(processesOf(name));
    for (const rows of by("pid").values()) {
      expect(sorted(rows, "count")).toEqual(upTo(rows.length));
    }
    expect(by("worker").size).toBe(workersOf(name));
    for (const rows of by("worker").values()) {
      expect(sorted(rows, "own")).toEqual(upTo(rows.length));
    }
  });

  test.each([
    ["an instance of a class", "new Table()"],
    ["a function", "Object.assign({}, { find: (key) => key.length })"],
    ["an instance of a class that extends a map", "new Rows()"],
  ])("that holds %s is built once in each thread", async (_what, store) => {
    const { execute, open, lines } = await experimentFolder(
      twelve(
        store,
        `{ found: store.find("four") }`,
        meets(name),
        `class Table { #size = 4; find() { return this.#size; } }
         class Rows extends Map { find(key) { return key.length; } }`,
      ),
    );
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 12 });
    const trials = await (await open()).getTrials("stores");
    expect(trials.every(({ results }) => results?.["found"] === 4)).toBe(true);
    const builders = await lines("setups");
    expect(builders).toHaveLength(workersOf(name));
    expect(new Set(builders).size).toBe(workersOf(name));
  });

  test("that cannot be built stops the run with its stack, and charges no trial", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "unbuilt",
        space: { n: linspace(0, 19, 20) },
        setup: async () => { await sleep(5); readTable("penguins.csv"); },
        run: () => ({}),
      });
      function readTable(name: string) {
        throw new TypeError(\`No table \${name}\`);
      }`);
    const failed = await execute({ executor: executor() }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: "SETUP_FAILED",
      message: expect.stringMatching(
        /^setup of "unbuilt" threw: .*No table penguins\.csv$/,
      ) as unknown,
      stack: expect.stringMatching(/readTable .*experiment\.ts:\d+/) as unknown,
    });
    const storage = await open();
    expect(await storage.countByStatus("unbuilt")).toMatchObject({ new: 20, reserved: 0 });
    for (const trial of await storage.getTrials("unbuilt")) {
      expect(trial.attempt).toBe(0);
      expect(await storage.getAttempts(trial.id)).toEqual([]);
    }
    expect(await storage.getRuns("unbuilt")).toMatchObject([{ status: "failed" }]);
  });

  test("whose setup ends its worker stops the run", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "exits", space: { n: choice([1, 2, 3]) },
        setup: () => process.exit(3), run: () => ({}) });`);
    await expect(execute({ executor: executor() })).rejects.toMatchObject({
      code: "SETUP_FAILED",
      message: expect.stringContaining("exit code 3") as unknown,
    });
    expect(await (await open()).countByStatus("exits")).toMatchObject({ new: 3, broken: 0 });
  });
});

test("a store that the second process cannot build stops the run, whose trials are not charged", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "second",
      space: { n: choice([0, 1, 2, 3]) },
      setup: async () => {
        if (isFirst()) return;
        while (!existsSync(folder + "running")) await sleep(5);
        // What the first process told of its start is to be heard before.
        await sleep(300);
        throw new Error("No memory left");
      },
      run: async (params, trial) => {
        writeFileSync(folder + "running", "");
        await sleep(60_000, undefined, { signal: trial.signal });
      },
    });
    function isFirst() {
      try {
        writeFileSync(folder + "built", "", { flag: "wx" });
        return true;
      } catch {
        return false;
      }
    }`);
  await expect(execute({ executor: processes(2) })).rejects.toMatchObject({
    code: "SETUP_FAILED",
    message: 'setup of "second" threw: No memory left',
  });
  expect(await (await open()).countByStatus("second")).toMatchObject({
    ...{ completed: 0, broken: 0, reserved: 0, interrupted: 1, new: 3 },
  });
});

describe("code that fails only in a worker", () => {
  test.each(executors)("is told with its line, with %s", async (name, executor) => {
    const { execute, open } = await experimentFolder(`
      import { isMainThread } from "node:worker_threads";
      if (isMainThread === ${String(name === "processes")}) throw new Error("Not here");
      export default defineExperiment({ name: "there", space: { n: 1 }, run: () => ({}) });`);
    await expect(execute({ executor: executor() })).rejects.toMatchObject({
      code: "INVALID_FILE",
      message: expect.stringMatching(/experiment\.ts:\d+:\d+: Not here$/) as unknown,
    });
    expect(await (await open()).findExperiment("there")).toBeUndefined();
  });

  test.each(parallelExecutors)(
    "in the second worker stops the run, with %s",
    async (_, executor) => {
      const { execute, open } = await experimentFolder(`
      try {
        writeFileSync(folder + "loaded", "", { flag: "wx" });
      } catch {
        throw new Error("Only once");
      }
      export default defineExperiment({
        name: "once",
        space: { n: choice([0, 1, 2, 3]) },
        run: async (params, trial) => {
          await sleep(60_000, undefined, { signal: trial.signal });
        },
      });`);
      await expect(execute({ executor: executor() })).rejects.toMatchObject({
        code: "INVALID_FILE",
        message: expect.stringMatching(/experiment\.ts:\d+:\d+: Only once$/) as unknown,
      });
      const { interrupted, new: left, ...others } = await (await open()).countByStatus("once");
      expect(others).toMatchObject({ completed: 0, broken: 0, reserved: 0 });
      // The first worker may have begun one by then.
      expect([interrupted, left]).toEqual(interrupted === 0 ? [0, 4] : [1, 3]);
    },
  );
});
