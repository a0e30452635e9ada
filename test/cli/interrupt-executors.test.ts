import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { executors } from "../support/executors.ts";
import { until } from "../support/experiment-folder.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCliJson, startCli, type RunningCli, type TrialJson } from "../support/run-cli.ts";
import { processesWith } from "../support/system-processes.ts";

/** Trials that save a snapshot, start a process, say so, and then wait as `wait` says. */
const waitingExperiment = (wait: string) => `
import { execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { defineExperiment, choice } from "assay";
export default defineExperiment({
  name: "waiting",
  space: { n: choice([0, 1, 2, 3, 4, 5]) },
  run: async ({ n }, trial) => {
    if (process.env.ASSAY_TEST_QUICK) return { n, from: (await trial.latestSnapshot())?.state.n ?? null };
    await trial.saveSnapshot({ n });
    spawn("sleep", ["600"], { stdio: "ignore" });
    process.stderr.write("began " + n + "\\n");
    trial.log("waits " + n);
    ${wait}
  },
});`;

const listens = `await sleep(600_000, undefined, { signal: trial.signal });`;
/** Hear that they should end, and are not done with it when the second Ctrl-C comes. */
const tidiesUp = `await sleep(600_000, undefined, { signal: trial.signal }).catch(() => sleep(600_000));`;
/** Only once its log is heard: a thread's standard error passes its event loop. */
const blocks = `await trial.report({ loss: n }); for (;;);`;

/** Processes, one after the other, until they come to an end by themselves. */
const waitsForProcess = `
    await trial.report({ loss: n });
    for (;;) try { execFileSync("sh", ["-c", "sleep 600; true"]); break; } catch {}`;
const ways = [
  ["listen", listens],
  ["block their workers", blocks],
  ["wait for processes", waitsForProcess],
] as const;
const slowWays = [["tidy up for long", tidiesUp], ways[1], ways[2]] as const;

interface Run extends RunningCli {
  readonly cwd: string;
  /** What runs of all that the command started, and the command. */
  processes(): Promise<string[]>;
}

/** Starts a run, and waits until as many trials as it has workers are in flight. */
async function startRun(wait: string, flags: readonly string[]): Promise<Run> {
  const { root: cwd } = await projectFolder({ "waiting.ts": waitingExperiment(wait) });
  const mark = randomUUID();
  const cli = startCli(["run", "waiting.ts", "--verbose", ...flags], {
    cwd,
    env: { ASSAY_TEST_MARK: mark },
  });
  const processes = async () => await processesWith(`ASSAY_TEST_MARK=${mark}`);
  onTestFinished(async () => {
    for (const pid of (await processes()).keys()) process.kill(pid, "SIGKILL");
  });
  await cli.waitFor("waits 0");
  if (!flags.includes("serial")) await cli.waitFor("waits 1");
  return { ...cli, cwd, processes: async () => [...(await processes()).values()] };
}

const isWorker = (command: string) => command.includes("dist/execution/worker");
const isStarted = (command: string) => command.startsWith("sleep");

describe.each(executors)("a run with %s", (name, _, flags) => {
  const inFlight = name === "serial" ? 1 : 2;
  const workerProcesses = name === "processes" ? 2 : name === "hybrid" ? 1 : 0;

  describe.each(["SIGINT", "SIGTERM"] as const)("that gets %s", (signal) => {
    test.each(ways)(
      "interrupts trials that %s, keeps their snapshots, and leaves no process",
      async (_, wait) => {
        const { child, cwd, ended, processes } = await startRun(wait, flags);
        const before = await processes();
        expect(before.filter(isWorker)).toHaveLength(workerProcesses);
        expect(before.filter(isStarted).length).toBeGreaterThanOrEqual(inFlight);
        child.kill(signal);
        const { code, stdout } = await ended;
        expect(code).toBe(130);
        expect(stdout).toContain(`${String(inFlight)} interrupted`);
        await until(async () => (await processes()).length === 0);

        const trials = await runCliJson<TrialJson[]>(["trials", "waiting"], { cwd });
        const interrupted = trials.filter(({ status }) => status === "interrupted");
        expect(interrupted.map(({ params }) => params["n"])).toEqual([0, 1].slice(0, inFlight));
        const quick = { cwd, env: { ASSAY_TEST_QUICK: "1" } };
        const summary = await runCliJson(["run", "waiting.ts", ...flags], quick);
        expect(summary).toMatchObject({ completed: 6, interrupted: 0 });
        const results = (await runCliJson<TrialJson[]>(["trials", "waiting"], { cwd })).map(
          (trial) => trial.results["from"],
        );
        expect(results).toEqual([0, 1, null, null, null, null].fill(null, inFlight));
      },
    );
  });

  test.each(slowWays)("ends at the second Ctrl-C at once when its trials %s", async (_, wait) => {
    const { child, cwd, ended, processes, waitFor } = await startRun(wait, flags);
    child.kill("SIGINT");
    await waitFor("Press Ctrl-C again");
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([130, ""]);
    await until(async () => (await processes()).length === 0);
    const quick = { cwd, env: { ASSAY_TEST_QUICK: "1" } };
    expect(await runCliJson(["run", "waiting.ts", ...flags], quick)).toMatchObject({
      completed: 6,
    });
  });

  test.each(ways)("leaves no process when it is killed while its trials %s", async (_, wait) => {
    const { child, cwd, ended, processes } = await startRun(wait, flags);
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    await until(async () => (await processes()).length === 0);
    const quick = { cwd, env: { ASSAY_TEST_QUICK: "1" } };
    const summary = await runCliJson(["run", "waiting.ts", ...flags], quick);
    expect(summary).toMatchObject({ completed: 6, broken: 0 });
  });
});
