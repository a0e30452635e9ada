import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { gridExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

describe("assay init", () => {
  test.each(["sweep.ts", "deep/er/sweep.mjs", "sweep.js"])(
    "writes a file that runs as it is: %s",
    async (file) => {
      const { root: cwd } = await projectFolder({});
      const { code, stderr } = await runCli(["init", file], { cwd });
      expect(code).toBe(0);
      expect(stderr).toContain(`assay run ${file}`);
      expect(await runCliJson(["run", file], { cwd })).toMatchObject({
        experiment: "sweep@1",
        completed: 10,
        broken: 0,
      });
      expect(await runCliJson(["metrics", "sweep", "--trial", "0"], { cwd })).toHaveLength(100);
    },
  );

  test("never overwrites", async () => {
    const { root: cwd, path } = await projectFolder({ "experiment.ts": "mine" });
    const { code, stderr } = await runCli(["init"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe("assay: experiment.ts exists already; it was left as it is\n");
    expect(await readFile(path("experiment.ts"), "utf8")).toBe("mine");
  });

  test("names the experiment after the file, as far as it can", async () => {
    const { root: cwd } = await projectFolder({});
    await runCli(["init", "my own (1).ts"], { cwd });
    expect(await runCliJson(["run", "my own (1).ts"], { cwd })).toMatchObject({
      experiment: "my-own-1-@1",
    });
  });

  test("refuses what cannot be an experiment file", async () => {
    const { root: cwd } = await projectFolder({});
    const { code, stderr } = await runCli(["init", "sweep.py"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay: sweep\.py cannot be an experiment file.*\n$/);
  });
});

describe("assay insert", () => {
  async function stored() {
    const { root: cwd } = await projectFolder({
      "line.ts": `
        import { choice, defineExperiment, linspace } from "assay";
        export default defineExperiment({
          name: "line", space: { x: linspace(0, 1, 3), net: { depth: choice([1, 2]) } },
          objective: { minimize: "y" }, run: ({ x }) => ({ y: x }),
        });`,
    });
    await runCli(["run", "line.ts", "x=0", "net.depth=1"], { cwd });
    return { cwd };
  }

  test("adds a trial for the next run", async () => {
    const options = await stored();
    const { code, stderr } = await runCli(["insert", "line", "x=0.3", "net.depth=2"], options);
    expect(code).toBe(0);
    expect(stderr).toBe("Inserted line#6 (x 0.3, net.depth 2): new; the next run executes it\n");
    await runCli(["run", "line.ts"], options);
    expect(await runCliJson<TrialJson>(["trial", "line#6"], options)).toMatchObject({
      status: "completed",
      params: { x: 0.3, net: { depth: 2 } },
      results: { y: 0.3 },
    });
  });

  test("gives what is in the grid the number of the grid, and adds nothing twice", async () => {
    const options = await stored();
    expect(await runCliJson(["insert", "line", "x=0.5", "net.depth=2"], options)).toMatchObject({
      number: 3,
      status: "new",
    });
    const { code, stderr } = await runCli(["insert", "line", "x=0.5", "net.depth=2"], options);
    expect(code).toBe(1);
    expect(stderr).toBe("assay: A trial with these parameters exists already: number 3, new\n");
  });

  test("completes a trial with results from elsewhere", async () => {
    const options = await stored();
    const args = ["insert", "line", "x=1", "net.depth=1", "--results"];
    expect(await runCliJson([...args, '{"y":-3}'], options)).toMatchObject({
      status: "completed",
      results: { y: -3 },
    });
    expect(await runCliJson<TrialJson>(["best", "line"], options)).toMatchObject({ number: 4 });
  });

  test.each([
    [["x=2", "net.depth=1"], 1, /Parameter "x" cannot be 2/],
    [["y=1"], 1, /Unknown parameter "y"/],
    [["x=0.1"], 1, /Parameter "net\.depth" has no value/],
    [["x"], 2, /"x" is no assignment; write name=value/],
    [["x=0", "x=1"], 2, /"x" is given twice/],
    [["x=0", "net.depth=2", "--results", "{y"], 2, /--results takes JSON/],
    [["x=0", "net.depth=2", "--results", '{"z":1}'], 1, /lack the declared objective "y"/],
  ])("refuses %j and stores nothing", async (args, exitCode, message) => {
    const options = await stored();
    const { code, stderr } = await runCli(["insert", "line", ...args], options);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^assay: [^\n]*\n$/);
    expect(code).toBe(exitCode);
    expect(await runCliJson<TrialJson[]>(["trials", "line"], options)).toHaveLength(1);
  });
});

test("reading never makes a database", async () => {
  const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
  for (const args of [["list"], ["status"], ["trials", "grid"], ["insert", "grid", "x=1"]]) {
    const { code, stderr } = await runCli(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^assay: There is no database at .*assay\.db yet; "assay run" creates it\n$/,
    );
  }
});
