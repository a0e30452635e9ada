import { describe, expect, test } from "vitest";
import { brokenExperiment, gridExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

interface ShownJson {
  readonly seed: number;
  readonly runs: readonly { readonly command: readonly string[] }[];
}

describe("assay run", () => {
  test("runs all trials, and a second time only what is missing", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const first = await runCliJson(["run", "grid.ts", "x=1"], { cwd });
    expect(first).toMatchObject({ executed: 2, skipped: 0, completed: 2, broken: 0 });
    const second = await runCliJson<{ readonly run: string }>(["run", "grid.ts"], { cwd });
    expect(second).toMatchObject({
      experiment: "grid@1",
      executed: 4,
      skipped: 2,
      pruned: 0,
      interrupted: 0,
      best: { number: 0, status: "completed", params: { x: 1, model: { kind: "a" } } },
    });
    expect(second.run).toMatch(/^grid_2_/);
    const third = await runCliJson(["run", "grid.ts"], { cwd });
    expect(third).toMatchObject({ run: null, executed: 0, skipped: 6 });
  });

  test("says what it did, the best trial and what to type next", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const { code, stdout, stderr } = await runCli(["run", "grid.ts"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^grid {2}6 completed in /);
    expect(stdout).toContain("trial 0: loss 1");
    expect(stdout).toContain("assay trials grid");
    expect(stderr).toMatch(/6\/6/);
    const again = await runCli(["run", "grid.ts", "--storage", "other place.db"], { cwd });
    expect(again.stdout).toContain("assay trials grid --storage 'other place.db'");
  });

  test("says nothing when it is to be quiet", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const result = await runCli(["run", "grid.ts", "--quiet"], { cwd });
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("says that a stored experiment keeps its seed", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const seeded = async (seed: string): Promise<string> =>
      (await runCli(["run", "grid.ts", "--seed", seed, "--no-progress"], { cwd })).stderr;
    expect(await seeded("7")).toBe("");
    expect(await seeded("7")).toBe("");
    expect(await seeded("8")).toBe(
      '"grid" was stored with the seed 7 and keeps it; --overwrite begins anew with 8\n',
    );
  });

  test("ends with 3 when broken trials remain, and shows the first one's error", async () => {
    const { root: cwd } = await projectFolder({ "fragile.ts": brokenExperiment });
    const first = await runCli(["run", "fragile.ts"], { cwd });
    expect(first.code).toBe(3);
    expect(first.stdout).toContain("3 completed, 3 broken");
    expect(first.stdout).toMatch(/broken +trial 1: (RangeError: )?x is odd: 1\n/);
    expect(first.stdout).toContain("assay trial fragile#1");
    expect(first.stdout).toContain("assay run fragile.ts --retry-broken");
    const whole = await runCli(["run", "fragile.ts", "x=2"], { cwd });
    expect(whole.stdout).toContain("nothing to run, 1 completed before\n");
    const one = await runCli(["run", "fragile.ts", "x=3"], { cwd });
    expect(one.stdout).toContain("nothing to run, 1 broken before\n");
    const nothing = await runCli(["run", "fragile.ts"], { cwd });
    expect(nothing.code).toBe(3);
    expect(nothing.stdout).toContain("nothing to run, 3 completed before, 3 broken before");
  });

  test("runs broken trials again, keeping their earlier attempts", async () => {
    const { root: cwd, write } = await projectFolder({ "fragile.ts": brokenExperiment });
    await runCli(["run", "fragile.ts"], { cwd });
    await write("fragile.ts", brokenExperiment.replace("x % 2 === 1", "false"));
    const mended = await runCliJson(["run", "fragile.ts", "--retry-broken"], { cwd });
    expect(mended).toMatchObject({ completed: 3, broken: 0, skipped: 3, brokenInExperiment: 0 });
    const trial = await runCliJson<TrialJson>(["trial", "fragile#1"], { cwd });
    expect(trial.attempts).toMatchObject([{ status: "broken" }, { status: "completed" }]);
  });

  test("stops at --max-broken and says why", async () => {
    const { root: cwd } = await projectFolder({ "fragile.ts": brokenExperiment });
    const { code, stdout } = await runCli(["run", "fragile.ts", "--max-broken", "1"], { cwd });
    expect(code).toBe(3);
    expect(stdout).toContain("the limit is 1");
  });

  test("runs one trial, by number or by id", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    await runCli(["run", "grid.ts", "--max-trials", "1"], { cwd });
    const [only] = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    for (const trial of ["grid#0", (only?.id ?? "").slice(0, 8)]) {
      const again = await runCliJson(["run", "grid.ts", "--trial", trial], { cwd });
      expect(again).toMatchObject({ executed: 0, skipped: 1 });
    }
  });

  test("adds a value that the grid lacks as a trial", async () => {
    const { root: cwd } = await projectFolder({
      "line.ts": `
        import { defineExperiment, linspace } from "assay";
        export default defineExperiment({
          name: "line", space: { x: linspace(0, 1, 3) }, run: ({ x }) => ({ x }),
        });`,
    });
    await runCli(["run", "line.ts"], { cwd });
    expect(await runCliJson(["run", "line.ts", "x=0.3"], { cwd })).toMatchObject({ completed: 1 });
    const trials = await runCliJson<TrialJson[]>(["trials", "line", "--where", "x = 0.3"], { cwd });
    expect(trials).toMatchObject([{ number: 3, params: { x: 0.3 } }]);
  });

  test("starts over with --overwrite", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    await runCli(["run", "grid.ts"], { cwd });
    const [before] = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    const over = await runCliJson(["run", "grid.ts", "--overwrite"], { cwd });
    expect(over).toMatchObject({ completed: 6, skipped: 0 });
    const [after] = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    expect(after?.id).not.toBe(before?.id);
  });

  test("ends a trial at its time limit", async () => {
    const { root: cwd } = await projectFolder({
      "slow.ts": `
        import { choice, defineExperiment } from "assay";
        export default defineExperiment({
          name: "slow", space: { slow: choice([true, false]) },
          run: ({ slow }) => { while (slow); return {}; },
        });`,
    });
    const { code } = await runCli(["run", "slow.ts", "--timeout", "200ms"], { cwd });
    expect(code).toBe(3);
    const trials = await runCliJson<TrialJson[]>(["trials", "slow"], { cwd });
    expect(trials).toMatchObject([
      { status: "broken", error: { cause: "timeout" } },
      { status: "completed" },
    ]);
  });

  test("takes another export, a seed, a directory, notes and the inline executor", async () => {
    const {
      root: cwd,
      path,
      write,
    } = await projectFolder({
      "two.ts": `
        import { defineExperiment } from "assay";
        export const where = defineExperiment({
          name: "where", space: { x: 1 }, run: () => ({ folder: process.cwd() }),
        });`,
    });
    await write("inside/.keep", "");
    const options = ["--export", "where", "--seed", "7", "--directory", "inside"];
    await runCli(["run", "two.ts", ...options, "--notes", "why", "--executor", "inline"], { cwd });
    const [only] = await runCliJson<TrialJson[]>(["trials", "where"], { cwd });
    expect(only?.results).toEqual({ folder: path("inside") });
    const { runs, seed } = await runCliJson<ShownJson>(["show", "where"], { cwd });
    expect(runs).toMatchObject([{ status: "completed", notes: "why" }]);
    const { stdout } = await runCli(["show", "where"], { cwd });
    expect(stdout).toMatch(/run +where_1_\S+, completed after .*: why\n/);
    expect(seed).toBe(7);
    expect(runs[0]?.command.slice(0, 2)).toEqual(["run", "two.ts"]);
  });

  test("prints the output of trials apart from its own data", async () => {
    const { root: cwd } = await projectFolder({
      "talk.ts": `
        import { defineExperiment } from "assay";
        export default defineExperiment({
          name: "talk", space: { x: 1 },
          run: (_, trial) => { console.log("by console"); trial.log("by trial"); return {}; },
        });`,
    });
    const { stdout, stderr } = await runCli(["run", "talk.ts", "--json", "--verbose"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ completed: 1 });
    expect(stderr).toContain("#0 │ by console\n#0 │ by trial\n");
    const logs = await runCli(["logs", "talk#0"], { cwd });
    expect(logs.stdout).toBe("by console\nby trial\n");
  });

  test("shows what trials write only when it is asked to, and what is written while the file is loaded", async () => {
    const { root: cwd } = await projectFolder({
      "talk.ts": `
        import { defineExperiment } from "assay";
        console.log("by import");
        export default defineExperiment({
          name: "talk", space: { x: 1 },
          run: () => { console.error("by trial"); return {}; },
        });`,
    });
    const { stderr } = await runCli(["run", "talk.ts", "--executor", "serial"], { cwd });
    expect(stderr).toContain("by import");
    expect(stderr).not.toContain("by trial");
  });
});

describe("assay run --dry-run", () => {
  test("counts what would be run, and stores nothing", async () => {
    const folder = await projectFolder({ "grid.ts": gridExperiment });
    const { root: cwd } = folder;
    const plan = await runCliJson(["run", "grid.ts", "--dry-run"], { cwd });
    expect(plan).toMatchObject({ dryRun: true, experiment: "grid@1", toRun: 6, skipped: 0 });
    const { code, stderr } = await runCli(["list"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("There is no database");
  });

  test("knows what is completed, broken and narrowed already", async () => {
    const { root: cwd } = await projectFolder({ "fragile.ts": brokenExperiment });
    await runCli(["run", "fragile.ts", "--max-trials", "3"], { cwd });
    const plan = async (...args: string[]) =>
      await runCliJson(["run", "fragile.ts", "--dry-run", ...args], { cwd });
    const stored = await runCliJson<TrialJson[]>(["trials", "fragile"], { cwd });
    const broken = stored.filter((trial) => trial.status === "broken").length;
    const completed = stored.filter((trial) => trial.status === "completed").length;
    expect(await plan()).toMatchObject({
      toRun: 6 - broken - completed,
      skipped: completed,
      leftBroken: broken,
      deleted: 0,
    });
    expect(await plan("--retry-broken")).toMatchObject({ toRun: 6 - completed, leftBroken: 0 });
    expect(await plan("x=0")).toMatchObject({ toRun: 0, skipped: 1 });
    expect(await plan("x=1")).toMatchObject({ toRun: 0, leftBroken: 1 });
    expect(await plan("--overwrite")).toMatchObject({ toRun: 6, deleted: stored.length });
    expect(await runCliJson<TrialJson[]>(["trials", "fragile"], { cwd })).toEqual(stored);
  });

  test("says the same as the run that follows, of a sampled space too", async () => {
    const { root: cwd } = await projectFolder({
      "drawn.ts": `
        import { defineExperiment, uniform } from "assay";
        export default defineExperiment({
          name: "drawn", space: { x: uniform(0, 1) }, maxTrials: 5, run: ({ x }) => ({ x }),
        });`,
    });
    const args = ["run", "drawn.ts", "--max-trials", "3"];
    expect(await runCliJson([...args, "--dry-run"], { cwd })).toMatchObject({ toRun: 3 });
    expect(await runCliJson(args, { cwd })).toMatchObject({ completed: 3 });
    const more = ["run", "drawn.ts", "--max-trials", "5"];
    expect(await runCliJson([...more, "--dry-run"], { cwd })).toMatchObject({ toRun: 2 });
    expect(await runCliJson(more, { cwd })).toMatchObject({ completed: 2 });
  });
});
