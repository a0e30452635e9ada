import { describe, expect, test } from "vitest";
import { collect } from "../support/collect.ts";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

describe.each(executors)("the trial object with %s", (executor) => {
  test("tells which trial it is, and deeper code finds it", async () => {
    const { execute, open } = await experimentFolder(
      `
      import { whoAmI } from "./deep.ts";
      export default defineExperiment({
        name: "who",
        space: { n: choice([5, 6]) },
        setup: () => ({ table: "penguins" }),
        run: async (params, trial) => {
          const { id, number, attempt, seed } = trial;
          return { id, number, attempt, seed, params: trial.params, deep: await whoAmI() };
        },
      });`,
      {
        "deep.ts": `import { getStore, getTrial } from "assay";
        export async function whoAmI() {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return { id: getTrial().id, table: getStore<{ table: string }>().table };
        }`,
      },
    );
    expect(await execute({ executor })).toMatchObject({ completed: 2 });
    for (const trial of await (await open()).getTrials("who")) {
      const { id, number, seed, params } = trial;
      const deep = { id, table: "penguins" };
      expect(trial.results).toEqual({ id, number, attempt: 1, seed, params, deep });
    }
  });

  test("has parameters of its own: what a trial does to them stays in it", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "own",
        space: { sizes: [1, 2], n: choice([1, 2]) },
        run: (params) => { params.sizes.push(3); return { length: params.sizes.length }; },
      });`);
    await execute({ executor });
    const trials = await (await open()).getTrials("own");
    expect(trials.map(({ results }) => results)).toEqual([{ length: 3 }, { length: 3 }]);
    expect(trials[0]?.params).toEqual({ sizes: [1, 2], n: 1 });
  });

  test("keeps metrics by step or without one, NaN and infinities too", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "metrics",
        space: { n: 1 },
        run: async (params, trial) => {
          trial.report({ loss: NaN, gain: Infinity }, 0);
          await trial.report({ loss: 0.25 }, 1);
          trial.report({ gain: -Infinity });
          trial.report({});
        },
      });`);
    await execute({ executor });
    const storage = await open();
    const points = await collect(storage.getMetrics("metrics"));
    expect(points.map(({ name, step, value }) => [name, step, value])).toEqual([
      ["loss", 0, NaN],
      ["gain", 0, Infinity],
      ["loss", 1, 0.25],
      ["gain", null, -Infinity],
    ]);
    expect((await storage.getTrials("metrics"))[0]?.metrics).toEqual({
      loss: 0.25,
      gain: -Infinity,
    });
  });

  test("refuses metrics that are no numbers, and keeps none of that report", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "refused",
        space: { metrics: choice([{ a: 1, b: "2" }, { a: null }, [1]]) },
        run: ({ metrics }, trial) => { trial.report(metrics as never); },
      });`);
    expect(await execute({ executor })).toMatchObject({ broken: 3 });
    const storage = await open();
    const trials = await storage.getTrials("refused");
    expect(trials.map(({ error }) => error?.message)).toEqual([
      'The metric "b" must be a number, got string',
      'The metric "a" must be a number, got null',
      "report takes a map of numbers, such as { loss: 0.3 }",
    ]);
    expect(await collect(storage.getMetrics("refused"))).toEqual([]);
  });

  test("keeps artifacts: bytes and texts; the same name again replaces it", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "artifacts",
        space: { n: 1 },
        run: async (params, trial) => {
          await trial.artifact("a.txt", "first");
          await trial.artifact("a.txt", "größer");
          await trial.artifact("b.bin", new Uint8Array([0, 255]));
          await trial.artifact("c.bin", Buffer.alloc(3_000_000, 7));
          return {
            wrong: await trial.artifact("d", new Float64Array(2) as never).catch((error) => error.message),
          };
        },
      });`);
    await execute({ executor });
    const storage = await open();
    const [trial] = await storage.getTrials("artifacts");
    expect(trial?.results).toEqual({
      wrong: "An artifact is a Uint8Array or a text, got object",
    });
    const artifacts = await storage.getArtifacts(trial!.id);
    expect(artifacts.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["a.txt", 8],
      ["b.bin", 2],
      ["c.bin", 3_000_000],
    ]);
    expect((await storage.readArtifact(trial!.id, "a.txt")).toString()).toBe("größer");
    expect([...(await storage.readArtifact(trial!.id, "b.bin"))]).toEqual([0, 255]);
  });

  test("has a folder for files, made when it is asked for", async () => {
    const { execute, open, path } = await experimentFolder(`
      export default defineExperiment({
        name: "folders",
        space: { n: choice([1, 2]) },
        run: ({ n }, trial) => {
          if (n === 2) writeFileSync(trial.directory + "/note", "from " + n);
          return { directory: n === 2 ? trial.directory : null };
        },
      });`);
    await execute({ executor, directory: path(".") });
    const { existsSync, readFileSync } = await import("node:fs");
    const [first, second] = await (await open()).getTrials("folders");
    const folder = path(`.assay/trials/${second!.id}`);
    expect(second?.results).toEqual({ directory: folder });
    expect(readFileSync(`${folder}/note`, "utf8")).toBe("from 2");
    expect(existsSync(path(`.assay/trials/${first!.id}`))).toBe(false);
  });

  test("cannot be used when the trial is over, and every call says so", async () => {
    const { execute, open, lines } = await experimentFolder(`
      let earlier;
      export default defineExperiment({
        name: "over",
        space: { n: choice([0, 1]) },
        run: async ({ n }, trial) => {
          if (n === 0) {
            earlier = trial;
            return {};
          }
          const calls = {
            report: async () => { earlier.report({ a: 1 }); },
            saveSnapshot: () => earlier.saveSnapshot(1),
            latestSnapshot: () => earlier.latestSnapshot(),
            snapshots: () => earlier.snapshots(),
            artifact: () => earlier.artifact("a", "b"),
            resultsOf: () => earlier.resultsOf(earlier.id),
          };
          const answers = {};
          for (const [name, call] of Object.entries(calls)) {
            answers[name] = await call().then(() => "done", (error) => error.code + " " + error.message);
          }
          return answers;
        },
      });`);
    await execute({ executor });
    const [over, trial] = await (await open()).getTrials("over");
    for (const [name, answer] of Object.entries(trial?.results ?? {})) {
      expect(answer).toBe(`MODE ${name} was called after trial ${over!.id} had ended`);
    }
    expect(Object.keys(trial?.results ?? {})).toHaveLength(6);
    expect(await lines("nothing")).toEqual([]);
  });
});

describe("the working directory of trials", () => {
  test.each(executors)("is the one asked for, and is put back after, with %s", async (executor) => {
    const { execute, open, path, write } = await experimentFolder(`
      export default defineExperiment({
        name: "cwd",
        space: { n: 1 },
        run: () => ({ cwd: process.cwd(), found: existsSync("table.csv") }),
      });`);
    await write("data/table.csv", "a,b");
    const before = process.cwd();
    await execute({ executor, directory: path("data") });
    expect(process.cwd()).toBe(before);
    const [trial] = await (await open()).getTrials("cwd");
    expect(trial?.results).toEqual({ cwd: path("data"), found: true });
  });

  test("is put back when the run fails", async () => {
    const { execute, path } = await experimentFolder(`
      export default defineExperiment({
        name: "cwd", space: { n: 1 }, setup: () => { throw new Error("No"); }, run: () => ({}) });`);
    const before = process.cwd();
    await expect(execute({ directory: path(".") })).rejects.toMatchObject({ code: "SETUP_FAILED" });
    expect(process.cwd()).toBe(before);
  });
});

test("what trials write and log goes to the output, to the last line", async () => {
  const { execute } = await experimentFolder(`
    export default defineExperiment({
      name: "loud",
      space: { n: choice([0, 1]) },
      run: ({ n }, trial) => {
        trial.log("trial %d has", n, { depth: [n] });
        console.log("printed by " + n);
        process.stderr.write("warned by " + n + "\\n");
      },
    });`);
  let output = "";
  await execute({ onOutput: (text) => (output += text) });
  for (const n of [0, 1]) {
    expect(output).toContain(`trial ${String(n)} has { depth: [ ${String(n)} ] }\n`);
    expect(output).toContain(`printed by ${String(n)}\n`);
    expect(output).toContain(`warned by ${String(n)}\n`);
  }
});

test.each(["getTrial", "getStore"])("%s outside of a trial is an error", async (name) => {
  const assay = await import("assay");
  const call = assay[name as "getTrial" | "getStore"];
  expect(() => call()).toThrow("getTrial was called outside of a trial");
});
