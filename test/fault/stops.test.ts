import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Storage, Trial } from "assay";
import { describe, expect, test } from "vitest";
import { until } from "../support/experiment-folder.ts";
import { endOf, faultFolder, stop } from "../support/fault/fault-folder.ts";
import { isStopped } from "../support/fault/processes.ts";

const everywhere = ["threads", "processes", "hybrid"] as const;
const inProcesses = ["processes", "hybrid"] as const;

/** Twelve trials; number 5 stays until the file `go` is there when it is run for the first time. */
const held = {
  body: `if (n === 5 && first()) while (!existsSync(folder + "go")) await sleep(5);`,
};

/** Waits until a run has stored nothing for a while: stopped now, it stops in the middle of no write. */
async function isQuiet(storage: Storage): Promise<void> {
  let before: readonly Trial[] = [];
  await until(async () => {
    await sleep(100);
    const last = before;
    before = await storage.getTrials("faulty");
    return isDeepStrictEqual(before, last);
  });
}

describe.each(everywhere)("a coordinator that is stopped past its leases with %s", (executor) => {
  test("loses its trials to another run; what it says late changes nothing", async () => {
    const { run, runWithLease, isHeld, executions, check, open, write } = await faultFolder(held);
    const stopped = runWithLease(1000, executor);
    await isHeld();
    const storage = await open();
    await until(async () => (await storage.getTrials("faulty"))[5]?.attempt === 1);
    await isQuiet(storage);
    const goOn = await stop(stopped.pid);
    // Number 5, and what the other worker may run in that moment.
    const lost = (await storage.fetchTrialsByStatus("faulty", "reserved")).filter(
      ({ attempt }) => attempt === 1,
    ).length;
    const other = run(["--executor", executor, "--workers", "2"]);
    await endOf(other, 0);
    const before = await storage.getTrials("faulty");
    expect(before.every(({ status }) => status === "completed")).toBe(true);
    expect(before[5]).toMatchObject({ attempt: 2 });
    // The trial may now end, and be reported by who does not hold it any more.
    await write("go", "");
    goOn();
    const { stdout } = await endOf(stopped, 0);
    const { executed: counted } = JSON.parse(stdout) as { executed: number };
    expect(await storage.getTrials("faulty")).toEqual(before);
    const runs = await storage.getRuns("faulty");
    expect(runs.map(({ status }) => status)).toEqual(["completed", "completed"]);
    // It counts what it brought to an end itself, and not what it lost.
    const taker = before[5]?.run;
    expect(counted).toBe(before.filter((trial) => trial.run !== taker).length);
    expect(await check()).toMatchObject({ takenOver: lost, attempts: 12 + lost });
    expect(executions().filter(({ number }) => number === 5)).toHaveLength(2);
  });

  test("goes on with the trials that are left when nobody else took its own", async () => {
    const { runWithLease, isHeld, check, write, open } = await faultFolder(held);
    const stopped = runWithLease(1000, executor);
    await isHeld();
    const storage = await open();
    await isQuiet(storage);
    const goOn = await stop(stopped.pid);
    // Past the end of its leases, as the database's clock tells.
    const pastLeasesAt = (await storage.database.now()) + 1500;
    await until(async () => (await storage.database.now()) > pastLeasesAt);
    await write("go", "");
    goOn();
    await endOf(stopped, 0);
    expect(await check()).toMatchObject({ takenOver: 0, attempts: 12 });
  });
});

describe.each(inProcesses)("a worker process that is stopped with %s", (executor) => {
  test("goes on with its trial when it is continued", async () => {
    const { run, isHeld, executions, check, write, open } = await faultFolder(held);
    const running = run(["--executor", executor, "--workers", "2"]);
    await isHeld();
    const { pid } = executions().find(({ number }) => number === 5) ?? { pid: 0 };
    const goOn = await stop(pid);
    await write("go", "");
    const storage = await open();
    // Other processes run what waited behind it, and what no thread of its own was given.
    const others = executor === "processes" ? 11 : 1;
    await until(async () => (await storage.countCompletedTrials("faulty")) >= others);
    expect((await storage.getTrials("faulty"))[5]).toMatchObject({ status: "reserved" });
    goOn();
    await endOf(running, 0);
    expect(await check()).toMatchObject({ attempts: 12 });
  });

  test.each([false, true])(
    "while it sets up, is replaced, and others run what it was given; continued: %s",
    async (isContinued) => {
      const { run, check, path, read, open } = await faultFolder({
        more: `setup: async () => {
          if (!first()) return;
          writeFileSync(folder + "pid", String(process.pid) + "\\n");
          await sleep(5000);
        },`,
        body: "",
      });
      const running = run(["--executor", executor, "--workers", "2"]);
      // Of the two it is the one that is still at it.
      await until(async () => existsSync(path("pid")) && (await read("pid")).endsWith("\n"));
      const goOn = await stop(Number(await read("pid")));
      const storage = await open();
      await until(async () => (await storage.countCompletedTrials("faulty")) === 12);
      if (isContinued) goOn();
      await endOf(running, 0);
      expect(await check()).toMatchObject({ attempts: 12, takenOver: 0, retried: 0 });
    },
  );

  test("is ended by the time limit of its trial, and the rest is run by another", async () => {
    // Its snapshot is stored when it is held: the coordinator knows then that this trial runs.
    const { run, isHeld, executions, open, finish } = await faultFolder({
      body: `if (n === 5) await trial.saveSnapshot({});${held.body}`,
    });
    const limits = ["--timeout", "2s"];
    const running = run(["--executor", executor, "--workers", "1", ...limits]);
    await isHeld();
    const { pid } = executions().find(({ number }) => number === 5) ?? { pid: 0 };
    const storage = await open();
    await isQuiet(storage);
    await stop(pid);
    // What its other thread may have run in that moment is ended with it.
    const begun = new Set(executions().map(({ number }) => number));
    await endOf(running, 3);
    const broken = await storage.fetchTrialsByStatus("faulty", "broken");
    expect(broken.map(({ number }) => number)).toContain(5);
    expect(broken.filter(({ number }) => !begun.has(number))).toEqual([]);
    expect(new Set(broken.map(({ error }) => error?.cause))).toEqual(new Set(["timeout"]));
    await finish(["--retry-broken"]);
  });
});

describe("a worker process that is stopped between two trials", () => {
  test.each([false, true])(
    "is replaced, and others run what it was given; continued: %s",
    async (isContinued) => {
      const { run, isHeld, check, executions, open } = await faultFolder({
        size: 400,
        before: `process.on("SIGTERM", () => undefined);`,
        // What it leaves runs when its end was told, and before the next trial begins.
        body: `await sleep(25);
          if (n === 5 && first()) setImmediate(() => process.kill(process.pid, "SIGSTOP"));`,
      });
      const running = run(["--executor", "processes", "--workers", "2"]);
      await isHeld();
      const { pid } = executions().find(({ number }) => number === 5) ?? { pid: 0 };
      // Not from here: its trial may not have told its end yet.
      await until(() => isStopped(pid));
      const goOn = await stop(pid);
      const storage = await open();
      await until(async () => (await storage.countCompletedTrials("faulty")) === 400);
      // It does not listen, and runs what it was given until it is killed: nothing of that counts.
      if (isContinued) goOn();
      await endOf(running, 0);
      expect(await check()).toMatchObject({ attempts: 400, takenOver: 0, retried: 0 });
    },
  );
});

describe.each(everywhere)(
  "a worker that is blocked by what an ended trial left with %s",
  (executor) => {
    test("is replaced, and others run what it was given", async () => {
      const { run, check } = await faultFolder({
        size: 100,
        body: `await sleep(25);
        if (n === 5 && first()) setImmediate(() => { for (;;); });`,
      });
      await endOf(run(["--executor", executor, "--workers", "2"]), 0);
      expect(await check()).toMatchObject({ attempts: 100, takenOver: 0, retried: 0 });
    });
  },
);
