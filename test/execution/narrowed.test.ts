import type { Progress } from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder, until } from "../support/experiment-folder.ts";
import { startExecution } from "../support/node-process.ts";

const executors = ["serial", "inline"] as const;

/** A lease lasts 30 s: a run that waits for one to be over would take longer than this. */
const wellBelowALeaseMs = 20_000;

/** Trial 7, the second of those with side b, stays until the file `go` is there. */
const holding = `
export default defineExperiment({
  name: "holding",
  space: { side: choice(["a", "b"]), n: choice([0, 1, 2, 3, 4, 5]) },
  run: async ({ side, n }) => {
    appendFileSync(folder + "ran", side + n + "\\n");
    while (side === "b" && n === 1 && !existsSync(folder + "go")) await sleep(5);
    return { n };
  },
});`;
const narrow = ["side=b"];

describe.each(executors)(
  "a narrowed run, one of whose trials another process holds, with %s",
  (executor) => {
    test("runs the others, waits for it, and takes it over when that process is killed", async () => {
      const { execute, open, lines, write, file, url } = await experimentFolder(holding);
      const other = startExecution(file, { storage: url, narrow: ["side=b", "n=1"] });
      await until(async () => (await lines("ran")).includes("b1"));
      let isOver = false;
      const running = execute({ executor, narrow }).finally(() => (isOver = true));
      await until(async () => (await lines("ran")).includes("b5"));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(isOver).toBe(false);
      await write("go", "");
      await other.kill();
      const summary = await running;
      // What was killed may have been completed just before.
      expect(summary.executed).toBeGreaterThanOrEqual(5);
      expect(summary).toMatchObject({ skipped: 0, broken: 0, stopped: null });
      expect(summary.elapsedMs).toBeLessThan(wellBelowALeaseMs);
      const storage = await open();
      expect(await storage.countByStatus("holding")).toMatchObject({ completed: 6, reserved: 0 });
    });

    test("leaves without it when it shall not wait", async () => {
      const { execute, open, lines, write, file, url } = await experimentFolder(holding);
      const other = startExecution(file, { storage: url, narrow: ["side=b", "n=1"] });
      await until(async () => (await lines("ran")).includes("b1"));
      expect(await execute({ executor, narrow, wait: false })).toMatchObject({ executed: 5 });
      const storage = await open();
      expect(await storage.countTrials("holding", "reserved")).toBe(1);
      await write("go", "");
      expect(await other.printed).toMatchObject({ executed: 1 });
    });

    test("does not wait for it when it has another value", async () => {
      const { execute, lines, write, file, url } = await experimentFolder(holding);
      const other = startExecution(file, { storage: url, narrow });
      await until(async () => (await lines("ran")).includes("b1"));
      expect(await execute({ executor, narrow: ["side=a"] })).toMatchObject({ executed: 6 });
      await write("go", "");
      expect(await other.printed).toMatchObject({ executed: 6 });
    });
  },
);

test("two processes that run the same narrowed sweep run every trial once between them", async () => {
  const { open, lines, file, url } = await experimentFolder(`
    import { readFileSync } from "node:fs";
    export default defineExperiment({
      name: "shared",
      space: { side: choice(["a", "b"]), n: linspace(0, 59, 60) },
      run: async ({ n }) => {
        appendFileSync(folder + "ran", n + "\\n");
        // Neither goes ahead before the other has begun.
        appendFileSync(folder + "who" , process.pid + "\\n");
        const both = () => new Set(readFileSync(folder + "who", "utf8").split("\\n")).size > 2;
        while (!both()) await sleep(2);
        await sleep(3);
        return { n };
      },
    });`);
  const options = { storage: url, narrow: ["side=b"] };
  const summaries = (await Promise.all([
    startExecution(file, options).printed,
    startExecution(file, options).printed,
  ])) as { executed: number; skipped: number }[];
  expect(summaries.reduce((sum, { executed }) => sum + executed, 0)).toBe(60);
  expect(new Set(await lines("ran")).size).toBe(60);
  expect(await lines("ran")).toHaveLength(60);
  expect(await (await open()).countCompletedTrials("shared")).toBe(60);
});

test("the progress of a narrowed run knows its total from the start, and what was completed before", async () => {
  const { execute } = await experimentFolder(`
    export default defineExperiment({
      name: "watched",
      space: { side: choice(["a", "b"]), n: choice([0, 1, 2, 3, 4, 5]) },
      run: async () => { await sleep(60); },
    });`);
  await execute({ narrow: ["n=2"] });
  const seen: Progress[] = [];
  const watched = { progress: (progress: Progress) => seen.push(progress) };
  expect(await execute({ narrow, ...watched, maxTrials: 5 })).toMatchObject({
    executed: 3,
    skipped: 1,
  });
  expect(await execute({ narrow, ...watched })).toMatchObject({ executed: 2, skipped: 4 });
  const limited = seen.findIndex(({ isOver }) => isOver);
  expect(new Set(seen.slice(limited + 1).map(({ total }) => total))).toEqual(new Set([6]));
  expect(seen[limited]).toMatchObject({ total: 4, skipped: 1, completed: 3 });
  expect(seen.at(-1)).toMatchObject({ total: 6, skipped: 4, completed: 2 });
});

test("a narrowed run that is interrupted is taken up where it was left", async () => {
  const { execute, lines } = await experimentFolder(`
    export default defineExperiment({
      name: "interrupted",
      space: { side: choice(["a", "b"]), n: linspace(0, 199, 200) },
      run: async ({ n }) => { appendFileSync(folder + "ran", n + "\\n"); await sleep(2); },
    });`);
  const abort = new AbortController();
  const run = execute({ narrow, signal: abort.signal });
  await until(async () => (await lines("ran")).length >= 50);
  abort.abort();
  const first = await run;
  const second = await execute({ narrow });
  expect(second).toMatchObject({ skipped: first.completed, executed: 200 - first.completed });
  expect(await execute({ narrow, retryBroken: true })).toMatchObject({ executed: 0, skipped: 200 });
});

test("a trial that was inserted with the values of a narrowed run is run with it, also after it broke", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "inserted",
      space: { side: choice(["a", "b"]), x: linspace(0, 1, 3) },
      run: ({ x }, trial) => { if (x === 0.3 && trial.attempt === 1) throw new Error("First"); },
    });`);
  await execute({ narrow: ["side=a", "x=0"] });
  const storage = await open();
  await storage.registerTrial("inserted", { side: "b", x: 0.3 });
  expect(await execute({ narrow })).toMatchObject({ executed: 4, broken: 1 });
  const retried = await execute({ narrow, retryBroken: true });
  expect(retried).toMatchObject({ executed: 1, completed: 1, skipped: 3 });
  expect(await execute({ narrow })).toMatchObject({ executed: 0, skipped: 4 });
});
