import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { endlessExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, startCli, type TrialJson } from "../support/run-cli.ts";

const interrupting =
  "Interrupting: trials in flight are marked interrupted. Press Ctrl-C again to end at once\n";

interface StatusJson {
  readonly trials: { readonly completed: number; readonly reserved: number };
  readonly running: number;
  readonly lost: number;
  readonly ratePerSecond: number;
  readonly etaMs: number;
}

async function statuses(cwd: string): Promise<string[]> {
  const rows = await runCliJson<TrialJson[]>(["trials", "endless"], { cwd });
  return rows.map(({ status }) => status);
}

describe("Ctrl-C", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s marks the trial in flight interrupted, and a later run goes on with it",
    async (signal) => {
      const { root: cwd } = await projectFolder({ "endless.ts": endlessExperiment });
      const { child, ended, waitFor } = startCli(
        ["run", "endless.ts", "--executor", "serial", "--verbose"],
        { cwd },
      );
      await waitFor("began 2 attempt 1");
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr.split(interrupting)).toHaveLength(2);
      expect(stdout).toContain("2 completed, 1 interrupted");
      expect(stdout).toContain("assay run endless.ts");
      expect((await statuses(cwd)).slice(0, 3)).toEqual(["completed", "completed", "interrupted"]);

      const quick = { cwd, env: { ASSAY_TEST_QUICK: "1" } };
      const summary = await runCliJson(["run", "endless.ts", "--executor", "serial"], quick);
      expect(summary).toMatchObject({ completed: 6, skipped: 2, interrupted: 0 });
      const trial = await runCliJson<TrialJson>(["trial", "endless#2"], { cwd });
      expect(trial.attempts).toMatchObject([{ status: "interrupted" }, { status: "completed" }]);
    },
  );

  test("ends a trial that does not listen, too", async () => {
    const { root: cwd } = await projectFolder({ "endless.ts": endlessExperiment });
    const deaf = { cwd, env: { ASSAY_TEST_DEAF: "1" } };
    const { child, ended, waitFor } = startCli(
      ["run", "endless.ts", "--executor", "serial", "--json", "--verbose"],
      deaf,
    );
    await waitFor("began 2 attempt 1");
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ completed: 2, interrupted: 1 });
    expect((await statuses(cwd))[2]).toBe("interrupted");
  });

  test.each([
    ["waits for ever", "setInterval(() => {}, 1000); await new Promise(() => {});"],
    ["computes for ever", "for (;;);"],
  ])("once ends a file that %s while it is loaded", async (_how, code) => {
    const { root: cwd } = await projectFolder({
      "loading.ts": `
        import { writeSync } from "node:fs";
        import { defineExperiment } from "assay";
        writeSync(2, "loading\\n");
        ${code}
        export default defineExperiment({ name: "loading", space: { x: 1 }, run: () => ({}) });`,
    });
    const { child, ended, waitFor } = startCli(["run", "loading.ts", "--json"], { cwd });
    await waitFor("loading\n");
    child.kill("SIGINT");
    const { code: exitCode, stdout, stderr } = await ended;
    expect([exitCode, stdout]).toEqual([130, ""]);
    const [last = ""] = stderr.trim().split("\n").reverse();
    expect(JSON.parse(last)).toMatchObject({ error: { code: "INTERRUPTED" } });
    // Nothing was run, so nothing was stored.
    expect(await readdir(cwd)).not.toContain("assay.db");
  });

  test("a second time ends at once; the next run takes over what was in flight", async () => {
    const { root: cwd } = await projectFolder({ "endless.ts": endlessExperiment });
    const deaf = { cwd, env: { ASSAY_TEST_DEAF: "1" } };
    const { child, ended, waitFor } = startCli(
      ["run", "endless.ts", "--executor", "serial", "--verbose"],
      deaf,
    );
    await waitFor("began 2 attempt 1");
    child.kill("SIGINT");
    await waitFor(interrupting);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect((await statuses(cwd))[2]).toBe("reserved");
    const status = await runCliJson<StatusJson>(["status", "endless"], { cwd });
    expect(status).toMatchObject({ running: 0, ratePerSecond: null, etaMs: null });
    expect(status.lost).toBe(status.trials.reserved);
    const shown = await runCli(["status", "endless"], { cwd });
    expect(shown.stdout).toMatch(/lost +\d+ reserved with (its|their) worker gone/);
    expect(shown.stdout).toMatch(/last run +endless_1_\S+, lost\n/);
    const trial = await runCli(["trial", "endless#2"], { cwd });
    expect(trial.stdout).toContain("endless#2  reserved, with its worker gone\n");

    const { code: next } = await runCli(["run", "endless.ts", "--executor", "serial"], {
      cwd,
      env: { ASSAY_TEST_QUICK: "1" },
    });
    expect(next).toBe(0);
    expect(await statuses(cwd)).toEqual(Array.from({ length: 8 }, () => "completed"));
  });
});

test("assay status tells how fast a run goes that another process executes", async () => {
  const { root: cwd } = await projectFolder({ "endless.ts": endlessExperiment });
  const { child, ended, waitFor } = startCli(
    ["run", "endless.ts", "--executor", "serial", "--verbose"],
    { cwd },
  );
  await waitFor("began 2 attempt 1");
  // What was reported is committed within 50 ms; the claim of the trial that runs was before it began.
  await expect
    .poll(
      async () => (await runCliJson<StatusJson>(["status", "endless"], { cwd })).trials.completed,
    )
    .toBe(2);
  const status = await runCliJson<StatusJson>(["status", "endless"], { cwd });
  expect(status.running).toBeGreaterThan(0);
  expect(status.ratePerSecond).toBeGreaterThan(0);
  expect(status.etaMs).toBeCloseTo((6 / status.ratePerSecond) * 1000, 3);
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  expect(await runCliJson(["status", "endless"], { cwd })).toMatchObject({ ratePerSecond: null });
});
