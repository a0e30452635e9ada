import { execute } from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder, until } from "../support/experiment-folder.ts";
import { startNode } from "../support/node-process.ts";

const leaseMs = 1200;

describe.each(["serial", "inline"] as const)(
  "a trial that blocks its thread, with %s",
  (executor) => {
    test("keeps its lease for as long as it runs", async () => {
      const { open, file, url, path, write } = await experimentFolder(`
      export default defineExperiment({
        name: "blocking",
        space: { n: choice([0, 1]) },
        run: async ({ n }, trial) => {
          await trial.report({ loss: 1 });
          if (n === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${String(3 * leaseMs)});
          return { n };
        },
      });`);
      const storage = await open({ leaseMs });
      const rival = startNode(`
      import { existsSync } from "node:fs";
      import { openStorage } from ${JSON.stringify(import.meta.resolve("assay"))};
      const storage = await openStorage(${JSON.stringify(url)}, { leaseMs: 60_000 });
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const started = async () => {
        const experiment = await storage.findExperiment("blocking");
        return experiment && (await storage.getTrials("blocking"))[0]?.attempt === 1;
      };
      while (!(await started())) await sleep(10);
      const experiment = await storage.getExperiment("blocking");
      let asked = 0;
      const claimed = [];
      while (!existsSync(${JSON.stringify(path("over"))})) {
        asked += 1;
        const trials = await storage.claimTrialsById(await storage.getTrialIds("blocking"), "a rival");
        claimed.push(...trials.map(({ number }) => number).filter((number) => number === 0));
        await sleep(20);
      }
      console.log(JSON.stringify({ asked, claimed }));
      await storage.close();`);
      const summary = await execute(file, { storage, executor, narrow: ["n=0"] });
      await write("over", "");
      expect(summary).toMatchObject({ completed: 1, executed: 1 });
      const heard = (await rival.printed) as { asked: number; claimed: number[] };
      expect(heard.asked).toBeGreaterThan(5);
      expect(heard.claimed).toEqual([]);
      const [trial] = await storage.getTrials("blocking");
      expect(trial).toMatchObject({ number: 0, attempt: 1, status: "completed" });
    });
  },
);

describe("a trial whose lease ran out", () => {
  test("is taken over, and the one who held it hears of it", async () => {
    const { open, file, write } = await experimentFolder(`
      export default defineExperiment({
        name: "expired", space: { n: choice([0, 1]) }, run: ({ n }) => ({ n }) });`);
    const storage = await open({ leaseMs: 500 });
    await execute(file, { storage, maxTrials: 1 });
    const experiment = await storage.getExperiment("expired");
    const [id] = await storage.getTrialIds("expired");
    await storage.markTrialIncomplete(id!);
    // A holder elsewhere, of which nothing can be known here.
    const [held] = await storage.claimTrials(experiment, "elsewhere/1/2/3/4", 1);
    await storage.commitReports([
      { kind: "started", trial: held!, startedAt: new Date().toISOString(), worker: "w", run: "" },
    ]);
    await write("unused", "");
    expect(await execute(file, { storage })).toMatchObject({ executed: 2, completed: 2 });
    expect(await storage.renewLeases([held!])).toEqual([false]);
    await expect(storage.updateHeartbeat(held!)).rejects.toMatchObject({ code: "LEASE_LOST" });
    const attempts = await storage.getAttempts(id!);
    expect(attempts.map(({ status }) => status)).toEqual(["completed", "lost", "completed"]);
  });

  test("is told to the trial itself while it runs", async () => {
    const { open, file, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "taken",
        space: { n: 0 },
        run: async ({ n }, trial) => {
          if (trial.attempt > 1) return { n };
          appendFileSync(folder + "ran", "started\\n");
          await sleep(20_000, undefined, { signal: trial.signal }).catch(() => undefined);
          appendFileSync(folder + "ran", trial.signal.reason.code + "\\n");
        },
      });`);
    const storage = await open({ leaseMs: 600 });
    const running = execute(file, { storage });
    await until(async () => (await lines("ran")).includes("started"));
    await until(async () => (await storage.getTrials("taken"))[0]?.attempt === 1);
    const [id] = await storage.getTrialIds("taken");
    await storage.setTrialStatus(id!, "suspended");
    expect(await running).toMatchObject({ executed: 1, completed: 1 });
    expect(await lines("ran")).toEqual(["started", "LEASE_LOST"]);
  });
});

test("trials that wait behind a long one are given back for other processes to run", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "slower",
      space: { n: linspace(0, 499, 500) },
      run: async ({ n }, trial) => {
        if (n < 400) return {};
        await sleep(60_000, undefined, { signal: trial.signal });
      },
    });`);
  const abort = new AbortController();
  const run = execute({ executor: "serial", signal: abort.signal });
  const storage = await open();
  await until(async () => {
    if ((await storage.findExperiment("slower")) === undefined) return false;
    const { completed, reserved } = await storage.countByStatus("slower");
    return completed === 400 && reserved === 1;
  });
  abort.abort();
  expect(await run).toMatchObject({ completed: 400, interrupted: 1 });
});
