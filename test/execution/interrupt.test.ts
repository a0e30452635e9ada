import { describe, expect, test } from "vitest";
import { experimentFolder, until } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

/** Eight trials; number 2 waits for its signal, or for the file `go`. */
const waiting = `
export default defineExperiment({
  name: "waiting",
  space: { n: choice([0, 1, 2, 3, 4, 5, 6, 7]) },
  run: async ({ n }, trial) => {
    appendFileSync(folder + "ran", n + "\\n");
    if (n !== 2) return { n };
    while (!existsSync(folder + "go")) {
      trial.signal.throwIfAborted();
      await sleep(5);
    }
    return { n };
  },
});`;

describe.each(executors)("an interrupted run with %s", (executor) => {
  test("marks the trial in flight interrupted and gives the others back as new", async () => {
    const { execute, open, lines } = await experimentFolder(waiting);
    const controller = new AbortController();
    const running = execute({ executor, signal: controller.signal });
    await until(async () => (await lines("ran")).includes("2"));
    controller.abort();
    const summary = await running;
    expect(summary).toMatchObject({
      executed: 2,
      completed: 2,
      interrupted: 1,
      stopped: "The run was interrupted",
    });
    const storage = await open();
    const counts = await storage.countByStatus("waiting");
    expect(counts).toMatchObject({ completed: 2, interrupted: 1, new: 5, reserved: 0, broken: 0 });
    const [trial] = await storage.fetchTrialsByStatus("waiting", "interrupted");
    expect(trial).toMatchObject({ number: 2, attempt: 1, error: null, results: null });
    expect(await storage.getAttempts(trial!.id)).toMatchObject([{ status: "interrupted" }]);
    expect(await storage.getRuns("waiting")).toMatchObject([{ status: "interrupted" }]);
  });

  test("is finished by the next one, which runs nothing twice that had ended", async () => {
    const { execute, open, lines, write } = await experimentFolder(waiting);
    const controller = new AbortController();
    const running = execute({ executor, signal: controller.signal });
    await until(async () => (await lines("ran")).includes("2"));
    controller.abort();
    await running;
    await write("go", "");
    expect(await execute({ executor })).toMatchObject({ executed: 6, skipped: 2, stopped: null });
    expect((await lines("ran")).sort()).toEqual(["0", "1", "2", "2", "3", "4", "5", "6", "7"]);
    const trials = await (await open()).getTrials("waiting");
    expect(trials.map(({ status }) => status)).toEqual(Array(8).fill("completed"));
    expect(trials.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1, 1, 1, 1, 1]);
  });

  test("keeps the results of a trial that completes when it is asked to end", async () => {
    const { execute, open, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "graceful",
        space: { n: choice([0, 1]) },
        run: async ({ n }, trial) => {
          appendFileSync(folder + "ran", n + "\\n");
          await sleep(20_000, undefined, { signal: trial.signal }).catch(() => undefined);
          await trial.saveSnapshot("at the end");
          return { n, reason: trial.signal.reason.message };
        },
      });`);
    const controller = new AbortController();
    const running = execute({ executor, signal: controller.signal });
    await until(async () => (await lines("ran")).includes("0"));
    controller.abort();
    expect(await running).toMatchObject({ completed: 1, interrupted: 0 });
    const [first, second] = await (await open()).getTrials("graceful");
    expect(first).toMatchObject({
      status: "completed",
      results: { n: 0, reason: "The run was interrupted" },
    });
    expect(second?.status ?? "new").toBe("new");
  });

  test("that was over before it began runs nothing", async () => {
    const { execute, lines } = await experimentFolder(waiting);
    const summary = await execute({ executor, signal: AbortSignal.abort() });
    expect(summary).toMatchObject({ executed: 0, run: null, stopped: "The run was interrupted" });
    expect(await lines("ran")).toEqual([]);
  });
});

describe("a trial that does not heed its signal", () => {
  test.each([
    ["blocks its thread", "for (;;);"],
    ["goes on waiting", "await sleep(1e6);"],
    [
      "ends its worker",
      "process.on('exit', () => {}); trial.signal.onabort = () => process.exit(1); await sleep(1e6);",
    ],
  ])("is interrupted with its worker when it %s", async (_how, code) => {
    const { execute, open, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "deaf",
        space: { n: choice([0, 1]) },
        run: async ({ n }, trial) => {
          appendFileSync(folder + "ran", n + "\\n");
          ${code}
        },
      });`);
    const controller = new AbortController();
    const running = execute({ executor: "serial", signal: controller.signal });
    await until(async () => (await lines("ran")).includes("0"));
    controller.abort();
    expect(await running).toMatchObject({ executed: 0, interrupted: 1 });
    const storage = await open();
    const counts = await storage.countByStatus("deaf");
    expect(counts).toMatchObject({ interrupted: 1, new: 1, reserved: 0 });
    expect(await lines("ran")).toEqual(["0"]);
  });
});

test("a run that is still building its store is over at once, with nothing charged", async () => {
  const { execute, open, lines } = await experimentFolder(`
    export default defineExperiment({
      name: "building",
      space: { n: choice([0, 1]) },
      setup: () => {
        appendFileSync(folder + "ran", "setup\\n");
        for (;;);
      },
      run: () => ({}),
    });`);
  const controller = new AbortController();
  const running = execute({ signal: controller.signal });
  await until(async () => (await lines("ran")).includes("setup"));
  controller.abort();
  expect(await running).toMatchObject({ executed: 0, interrupted: 0 });
  const counts = await (await open()).countByStatus("building");
  expect(counts).toMatchObject({ new: 2, reserved: 0, interrupted: 0 });
});
