import { describe, expect, test } from "vitest";
import { expectNothingLeft, expectWhole, type Expected } from "../support/fault/expect-whole.ts";
import { killEverywhere, killedAt, type Scenario } from "../support/fault/kill-points.ts";
import { runNode } from "../support/fault/run-node.ts";
import type { ProjectFolder } from "../support/project-folder.ts";
import { runCli } from "../support/run-cli.ts";

/** Trials that leave all that a trial can leave, and continue from their snapshots. */
const grid = `
import { choice, defineExperiment, linspace } from "assay";

export default defineExperiment({
  name: "grid",
  space: { x: linspace(1, 3, 2), model: { kind: choice(["a", "b"]) } },
  objective: { minimize: "loss" },
  run: async (params, trial) => {
    const resumed = await trial.latestSnapshot();
    for (let step = resumed?.state.step ?? 0; step < 3; step++) {
      trial.report({ cost: params.x * 10 + step }, step);
      await trial.saveSnapshot({ step: step + 1, weights: new Float64Array([step]) });
    }
    await trial.artifact("notes.txt", "kept of " + params.x);
    return { loss: params.x, of: params };
  },
});
`;

/** Trials of which every second one breaks, unless the file "mended" is there. */
const fragile = `
import { existsSync } from "node:fs";
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "fragile",
  space: { x: choice([0, 1, 2, 3]) },
  run: (params) => {
    if (params.x % 2 === 1 && !existsSync("mended")) throw new Error("Odd: " + params.x);
    return { of: params };
  },
});
`;

/** Trials that throw when they are first tried. */
const flaky = `
import { existsSync, writeFileSync } from "node:fs";
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "flaky",
  space: { x: choice([0, 1, 2, 3]) },
  run: (params) => {
    const mark = "tried-" + params.x;
    if (!existsSync(mark)) {
      writeFileSync(mark, "");
      throw new Error("The first time");
    }
    return { of: params };
  },
});
`;

const sampled = `
import { defineExperiment, uniform } from "assay";

export default defineExperiment({
  name: "sampled",
  space: { x: uniform(0, 1) },
  objective: { minimize: "loss" },
  run: (params) => ({ loss: params.x, of: params }),
});
`;

const wholeGrid: Expected = {
  name: "grid",
  params: [1, 3].flatMap((x) => ["a", "b"].map((kind) => ({ x, model: { kind } }))),
  steps: [0, 1, 2],
  artifact: "notes.txt",
};

const database = (folder: ProjectFolder): string => folder.path("assay.db");

/** Runs a command that has to end well. */
async function succeed(folder: ProjectFolder, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli([...args, "--quiet"], { cwd: folder.root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

/** A command that is killed; afterwards it, or others, run to their end. */
function command(
  args: readonly string[],
  expected: Expected,
  then: Partial<Scenario> & { readonly again?: readonly (readonly string[])[] } = {},
): Pick<Scenario, "act" | "recover"> & Partial<Scenario> {
  const { again = [args], ...rest } = then;
  return {
    act: (folder, env) => runCli([...args, "--quiet"], { cwd: folder.root, env }),
    async recover(folder) {
      for (const one of again) await succeed(folder, ...one);
      await expectWhole(database(folder), expected);
      await expectNothingLeft(database(folder), [expected.name]);
    },
    ...rest,
  };
}

const isThorough = process.env["ASSAY_TEST_ALL"] !== undefined;
const timeout = isThorough ? 900_000 : 120_000;

describe(
  "killed between any two of its database operations, and run again, completes every trial once",
  { timeout },
  () => {
    const kill = async (files: Scenario["files"], scenario: Omit<Scenario, "files">) =>
      await killEverywhere({ files, ...scenario });

    test.each(["serial", "threads", "processes", "hybrid", "inline"])(
      "a first run with %s",
      async (executor) => {
        const run = ["run", "grid.ts", "--executor", executor];
        await kill({ "grid.ts": grid }, command(run, wholeGrid));
      },
    );

    test("a run that goes on with one that was killed", async () => {
      const prepare = (folder: ProjectFolder) =>
        runCli(["run", "grid.ts"], { cwd: folder.root, env: killedAt("after 22") });
      await kill({ "grid.ts": grid }, command(["run", "grid.ts"], wholeGrid, { prepare }));
    });

    test("a run that tries broken trials again", async () => {
      const expected = { name: "fragile", params: [0, 1, 2, 3].map((x) => ({ x })) };
      const prepare = async (folder: ProjectFolder) => {
        await runCli(["run", "fragile.ts"], { cwd: folder.root });
        await folder.write("mended", "");
      };
      const run = ["run", "fragile.ts", "--retry-broken"];
      await kill({ "fragile.ts": fragile }, command(run, expected, { prepare }));
    });

    test("a run of trials that are tried twice", async () => {
      const expected = { name: "flaky", params: [0, 1, 2, 3].map((x) => ({ x })) };
      await kill({ "flaky.ts": flaky }, command(["run", "flaky.ts", "--retries", "1"], expected));
    });

    test("a run that overwrites an experiment", async () => {
      const prepare = (folder: ProjectFolder) => succeed(folder, "run", "grid.ts");
      const again = [["run", "grid.ts"]];
      const run = ["run", "grid.ts", "--overwrite"];
      await kill({ "grid.ts": grid }, command(run, wholeGrid, { prepare, again }));
    });

    test("a run that is narrowed to a value which the grid lacks", async () => {
      const run = ["run", "grid.ts", "x=2"];
      const added = ["a", "b"].map((kind) => ({ x: 2, model: { kind } }));
      const expected = { ...wholeGrid, params: [...wholeGrid.params, ...added] };
      await kill({ "grid.ts": grid }, command(run, expected, { again: [run, ["run", "grid.ts"]] }));
    });

    test("the insertion of a trial", async () => {
      const insert = ["insert", "grid", "x=2", "model.kind=a"];
      const prepare = (folder: ProjectFolder) => succeed(folder, "run", "grid.ts", "x=1");
      const added = { x: 2, model: { kind: "a" } };
      const expected = { ...wholeGrid, params: [...wholeGrid.params, added] };
      const scenario = command(insert, expected, { prepare, again: [["run", "grid.ts"]] });
      await kill(
        { "grid.ts": grid },
        {
          ...scenario,
          async recover(folder) {
            const { code, stderr } = await runCli(insert, { cwd: folder.root });
            if (code !== 0) expect(stderr).toContain("exists");
            await scenario.recover(folder);
          },
        },
      );
    });

    test("a search with a limit, which finds the same trials as one that nobody killed", async () => {
      const run = [
        "run",
        "sampled.ts",
        "--max-trials",
        "6",
        "--seed",
        "3",
        "--algorithm",
        "random",
      ];
      const params: object[] = [];
      const scenario = command(
        run,
        { name: "sampled", params, isSampled: true },
        {
          async prepare(folder) {
            const reference = ["--storage", "reference.db"];
            await succeed(folder, ...run, ...reference);
            const listed = await runCli(["trials", "sampled", "--json", ...reference], {
              cwd: folder.root,
            });
            for (const trial of JSON.parse(listed.stdout) as { params: object }[]) {
              params.push(trial.params);
            }
          },
        },
      );
      await kill({ "sampled.ts": sampled }, scenario);
    });

    test("the deletion of an experiment by the library", async () => {
      const remove = `
      const storage = await openStorage("assay.db");
      await storage.deleteExperiment("grid");
      await storage.close();`;
      const prepare = (folder: ProjectFolder) => succeed(folder, "run", "grid.ts");
      const scenario = command([], wholeGrid, { prepare, again: [["run", "grid.ts"]] });
      const act: Scenario["act"] = (folder, env) => runNode(remove, folder, env);
      await kill({ "grid.ts": grid }, { ...scenario, act });
    });

    test.each(["threads", "inline"])("an execution by the library with %s", async (executor) => {
      const text = `await execute("grid.ts", { storage: "assay.db", executor: "${executor}" });`;
      const scenario = command([], wholeGrid, { again: [] });
      await kill(
        { "grid.ts": grid },
        {
          act: (folder, env) => runNode(text, folder, env),
          async recover(folder) {
            expect(await runNode(text, folder, {})).toMatchObject({ code: 0, stderr: "" });
            await scenario.recover(folder);
          },
        },
      );
    });

    test("changes by hand, which are there or not", async () => {
      const text = `
      const storage = await openStorage("assay.db");
      const ids = await storage.getTrialIds("grid");
      await storage.markTrialIncomplete(ids[0]);
      await storage.setTrialStatus(ids[0], "broken");
      await storage.markTrialIncomplete(ids[1]);
      await storage.saveSnapshot(ids[1], { step: 3 });
      await storage.saveArtifact(ids[1], "notes.txt", Buffer.from("by hand"));
      await storage.deleteTrials("grid", { number: 2 });
      await storage.close();`;
      const prepare = (folder: ProjectFolder) => succeed(folder, "run", "grid.ts");
      const again = [["run", "grid.ts", "--retry-broken"]];
      const { steps: _, ...rest } = wholeGrid;
      const expected = { ...rest, mayBeRedone: true };
      const scenario = command([], expected, { prepare, again });
      const act: Scenario["act"] = (folder, env) => runNode(text, folder, env);
      await kill({ "grid.ts": grid }, { ...scenario, act });
    });
  },
);
