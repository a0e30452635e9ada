import { randomUUID } from "node:crypto";
import { openStorage } from "assay";
import { expect, test } from "vitest";
import { executors } from "../support/executors.ts";
import { until } from "../support/experiment-folder.ts";
import { projectFolder } from "../support/project-folder.ts";
import { startCli } from "../support/run-cli.ts";
import { processesWith, processorTimeMs } from "../support/system-processes.ts";

const experiment = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineExperiment, linspace } from "assay";
export default defineExperiment({
  name: "idle",
  space: { n: linspace(0, 9, 10) },
  run: async ({ n }, trial) => {
    trial.log("began " + n);
    if (n === 0) while (!existsSync("go")) await sleep(100);
    else await sleep(20);
  },
});`;

const watchedMs = 2000;
/** A tenth of a processor. */
const mostMs = watchedMs / 10;

test.each(executors)(
  "workers that wait for a trial of another process use no processor, with %s",
  async (_name, _executor, flags) => {
    const { root: cwd, path, write } = await projectFolder({ "idle.ts": experiment });
    const other = startCli(["run", "--verbose", "idle.ts", "--executor", "serial"], { cwd });
    await other.waitFor("began 0");
    const mark = randomUUID();
    const run = startCli(["run", "--verbose", "idle.ts", ...flags], {
      cwd,
      env: { ASSAY_TEST_MARK: mark },
    });
    await using storage = await openStorage(`sqlite:${path("assay.db")}`);
    await until(async () => (await storage.countCompletedTrials("idle")) === 9);

    const pids = [...(await processesWith(`ASSAY_TEST_MARK=${mark}`)).keys()];
    const used = async () =>
      (await Promise.all(pids.map(processorTimeMs))).reduce((sum, ms) => sum + ms, 0);
    // What is left of the last commits is not waiting, nor of the run's start: a second after its own, a worker process
    // starts the thread by which it watches its parent.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const before = await used();
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    expect((await used()) - before).toBeLessThan(mostMs);
    expect(run.child.exitCode).toBeNull();

    await write("go", "");
    expect((await other.ended).code).toBe(0);
    expect((await run.ended).code).toBe(0);
  },
);
