import { describe, expect, test } from "vitest";
import { experimentFolder, until } from "../support/experiment-folder.ts";
import { startExecution } from "../support/node-process.ts";

const executors = ["serial", "inline"] as const;

/** A lease lasts 30 s: a run that waits for one to be over would take longer than this. */
const wellBelowALeaseMs = 20_000;

const twelve = `
export default defineExperiment({
  name: "twelve",
  space: { n: choice(Array.from({ length: 12 }, (_, i) => i)) },
  run: async ({ n }, trial) => {
    appendFileSync(folder + "ran", n + "\\n");
    await sleep(30);
    return { n };
  },
});`;

describe.each([
  ["serial", 1],
  ["serial", 6],
  ["serial", 12],
  ["inline", 4],
] as const)("a process with %s that is killed while it runs trial %i of 12", (executor, moment) => {
  test("loses nothing that was completed; the next execution runs only the others", async () => {
    const { execute, open, lines, file, url } = await experimentFolder(twelve);
    const process = startExecution(file, { storage: url, executor });
    await until(async () => (await lines("ran")).length >= moment);
    await process.kill();

    const storage = await open();
    const kept = await storage.fetchTrialsByStatus("twelve", "completed");
    const summary = await execute({ executor });
    expect(summary).toMatchObject({ executed: 12 - kept.length, skipped: kept.length, broken: 0 });
    expect(summary.elapsedMs).toBeLessThan(wellBelowALeaseMs);
    const trials = await storage.getTrials("twelve");
    expect(trials.map(({ results }) => results)).toEqual(trials.map((_, n) => ({ n })));
    expect(trials).toHaveLength(12);
    const ran = await lines("ran");
    for (const { number } of kept) {
      expect(ran.filter((line) => line === String(number))).toHaveLength(1);
    }
  });
});

/** Trial 1 stays until the file `go` is there. */
const holding = `
export default defineExperiment({
  name: "holding",
  space: { n: choice([0, 1, 2]) },
  run: async ({ n }) => {
    appendFileSync(folder + "ran", n + "\\n");
    while (n === 1 && !existsSync(folder + "go")) await sleep(5);
    return { n };
  },
});`;

describe("a trial of a process that is killed", () => {
  test.each([true, false])("is taken over at once, wait: %s", async (wait) => {
    const { execute, open, write, file, url } = await experimentFolder(holding);
    const process = startExecution(file, { storage: url, executor: "serial" });
    const storage = await open();
    await until(async () => {
      const experiment = await storage.findExperiment("holding");
      const trials = experiment === undefined ? [] : await storage.getTrials("holding");
      return trials[1]?.attempt === 1;
    });
    await process.kill();
    await write("go", "");
    const summary = await execute({ wait });
    expect(summary).toMatchObject({ executed: 2, skipped: 1 });
    expect(summary.elapsedMs).toBeLessThan(wellBelowALeaseMs);
    const ids = await storage.getTrialIds("holding");
    expect(await storage.getAttempts(ids[1]!)).toMatchObject([
      { attempt: 1, status: "lost", endedAt: null },
      { attempt: 2, status: "completed", results: { n: 1 } },
    ]);
  });

  test("is taken over by a run that waits for it", async () => {
    const { execute, lines, write, file, url } = await experimentFolder(holding);
    const process = startExecution(file, { storage: url, executor: "serial" });
    await until(async () => (await lines("ran")).includes("1"));
    const waiting = execute();
    await until(async () => (await lines("ran")).includes("2"));
    await process.kill();
    await write("go", "");
    const summary = await waiting;
    expect(summary.executed + summary.skipped).toBe(3);
    expect(summary.elapsedMs).toBeLessThan(wellBelowALeaseMs);
  });
});

describe("a trial that takes its whole process with it", () => {
  test("does not keep the others from running, and is given up when it was lost ten times", async () => {
    const { open, lines, file, url, execute } = await experimentFolder(`
      export default defineExperiment({
        name: "poison",
        space: { n: choice(Array.from({ length: 40 }, (_, i) => i)) },
        run: async ({ n }, trial) => {
          if (n === 30) {
            // Now its start is committed, and others after it are claimed.
            await trial.report({ loss: n });
            appendFileSync(folder + "ran", n + "\\n");
            process.kill(process.pid, "SIGKILL");
          }
          return { n };
        },
      });`);
    const lose = async () => {
      await expect(startExecution(file, { storage: url }).printed).rejects.toThrow("SIGKILL");
    };
    await lose();
    await lose();
    const storage = await open();
    expect(await storage.countCompletedTrials("poison")).toBe(39);
    for (let losses = 3; losses <= 10; losses += 1) await lose();
    expect(await execute()).toMatchObject({ executed: 1, broken: 1, skipped: 39 });
    const [broken] = await storage.fetchTrialsByStatus("poison", "broken");
    expect(broken).toMatchObject({
      params: { n: 30 },
      attempt: 10,
      error: {
        cause: "lost",
        message: "Lost 10 times with the process that ran it; it is not tried again",
      },
    });
    expect(await lines("ran")).toHaveLength(10);
    expect(await execute()).toMatchObject({ executed: 0, skipped: 39 });
  });
});

describe.each(executors)(
  "two processes that execute the same file at a time, with %s",
  (executor) => {
    test("run every trial exactly once between them", async () => {
      const { open, lines, file, url } = await experimentFolder(`
      import { readFileSync } from "node:fs";
      const isAccompanied = () => new Set(readFileSync(folder + "pids", "utf8").trim().split("\\n")).size > 1;
      export default defineExperiment({
        name: "shared",
        space: { n: choice(Array.from({ length: 60 }, (_, i) => i)) },
        run: async ({ n }) => {
          appendFileSync(folder + "pids", process.pid + "\\n");
          while (!isAccompanied()) await sleep(5);
          appendFileSync(folder + "ran", n + "\\n");
          await sleep(5);
          return { n };
        },
      });`);
      const options = { storage: url, executor };
      const summaries = (await Promise.all([
        startExecution(file, options).printed,
        startExecution(file, options).printed,
      ])) as { executed: number; stopped: unknown }[];
      expect(summaries.map(({ stopped }) => stopped)).toEqual([null, null]);
      const executed = summaries.map((summary) => summary.executed);
      expect(executed[0]! + executed[1]!).toBe(60);
      expect(Math.min(...executed)).toBeGreaterThan(0);
      const inOrder = Array.from({ length: 60 }, (_, n) => n);
      expect((await lines("ran")).map(Number).sort((a, b) => a - b)).toEqual(inOrder);
      const trials = await (await open()).getTrials("shared");
      expect(trials.map(({ results }) => results?.["n"])).toEqual(inOrder);
      expect(trials.every(({ attempt }) => attempt === 1)).toBe(true);
    });
  },
);

test("two processes never exceed maxTrials together", async () => {
  const { open, file, url } = await experimentFolder(`
    export default defineExperiment({
      name: "limited",
      space: { x: uniform(0, 1) },
      run: async ({ x }, trial) => {
        await sleep(3);
        if (trial.number % 5 === 4) throw new Error("Every fifth");
        return { x };
      },
    });`);
  const options = { storage: url, maxTrials: 30 };
  await Promise.all([startExecution(file, options).printed, startExecution(file, options).printed]);
  const counts = await (await open()).countByStatus("limited");
  expect(counts).toMatchObject({ completed: 30, new: 0, reserved: 0, interrupted: 0 });
});

test("processes with a lower limit than the trials that are open never exceed it together", async () => {
  const { open, execute, file, url } = await experimentFolder(`
    export default defineExperiment({
      name: "lowered",
      space: { n: choice(Array.from({ length: 60 }, (_, i) => i)) },
      run: async ({ n }, trial) => {
        await sleep(2);
        if (n % 4 === 0 && trial.attempt === 1) throw new Error("Every fourth");
        return { n };
      },
    });`);
  await execute({ maxTrials: 10 });
  const storage = await open();
  const experiment = await storage.getExperiment("lowered");
  for (const n of Array.from({ length: 40 }, (_, i) => i + 20)) {
    await storage.registerTrial(experiment, { n });
  }
  const options = { storage: url, maxTrials: 20, retryBroken: true };
  await Promise.all([1, 2, 3].map(() => startExecution(file, options).printed));
  expect(await storage.countByStatus(experiment)).toMatchObject({ completed: 20, reserved: 0 });
  expect(await execute({ maxTrials: 15, narrow: ["n=59"] })).toMatchObject({ executed: 0 });
  expect(await storage.countCompletedTrials(experiment)).toBe(20);
});

describe("a run whose last trial another process holds", () => {
  test("waits for it", async () => {
    const { execute, lines, write, file, url } = await experimentFolder(holding);
    const other = startExecution(file, { storage: url });
    await until(async () => (await lines("ran")).includes("1"));
    let isOver = false;
    const waiting = execute().finally(() => (isOver = true));
    await until(async () => (await lines("ran")).includes("2"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isOver).toBe(false);
    await write("go", "");
    expect(await waiting).toMatchObject({ broken: 0, stopped: null });
    await other.printed;
    expect((await lines("ran")).sort()).toEqual(["0", "1", "2"]);
  });

  test("leaves without it when it shall not wait", async () => {
    const { execute, open, lines, write, file, url } = await experimentFolder(holding);
    const other = startExecution(file, { storage: url });
    await until(async () => (await lines("ran")).includes("1"));
    await execute({ wait: false });
    const storage = await open();
    expect(await storage.countTrials("holding", "reserved")).toBe(1);
    await write("go", "");
    expect(await other.printed).toMatchObject({ stopped: null });
    expect(await storage.countCompletedTrials("holding")).toBe(3);
  });
});
