import { hybrid, processes, threads, type Attempt, type Trial } from "assay";
import { describe, expect, test } from "vitest";
import { executors } from "../support/executors.ts";
import { experimentFolder, until, type ExperimentFolder } from "../support/experiment-folder.ts";
import { isAlive } from "../support/system-processes.ts";

/** Four trials, of which the second runs this code; `attempt` counts its attempts from 1. */
function secondRuns(code: string): string {
  return `
import { spawn } from "node:child_process";
export default defineExperiment({
  name: "four",
  space: { n: choice([0, 1, 2, 3]) },
  run: async ({ n }, trial) => {
    if (n !== 1) return { n };
    const { attempt } = trial;
    appendFileSync(folder + "attempts", attempt + "\\n");
    ${code}
    return { n, attempt };
  },
});`;
}

/** Executes it: the others have to complete. Returns the second one with its attempts. */
async function executeSecond(
  code: string,
  options: Parameters<ExperimentFolder["execute"]>[0],
): Promise<Trial & { readonly attempts: readonly Attempt[]; readonly folder: ExperimentFolder }> {
  const folder = await experimentFolder(secondRuns(code));
  const summary = await folder.execute(options);
  const storage = await folder.open();
  const trials = await storage.getTrials("four");
  const [first, second, ...others] = trials as [Trial, Trial, Trial, Trial];
  expect([first, ...others].map(({ status, attempt }) => [status, attempt])).toEqual(
    Array(3).fill(["completed", 1]),
  );
  const isCompleted = second.status === "completed";
  expect(summary).toMatchObject({
    executed: 4,
    completed: isCompleted ? 4 : 3,
    broken: isCompleted ? 0 : 1,
    interrupted: 0,
  });
  return { ...second, attempts: await storage.getAttempts(second.id), folder };
}

/** What became of each attempt, in short. */
const endings = (attempts: readonly Attempt[]) =>
  attempts.map(({ attempt, status, error }) => [attempt, status, error?.cause ?? null]);

const forEver = "for (;;);";

describe.each(executors)("a trial that ran too long, with %s", (_, executor) => {
  test("is ended although it never listens, and the others run", async () => {
    const trial = await executeSecond(forEver, { executor: executor(), timeout: 700 });
    expect(trial).toMatchObject({
      status: "broken",
      error: { cause: "timeout", message: "Ran longer than its limit of 700 ms" },
    });
    expect(endings(trial.attempts)).toEqual([[1, "broken", "timeout"]]);
  });

  test("is asked by its signal first, which says why, and may still save", async () => {
    const trial = await executeSecond(
      `await sleep(60_000, undefined, { signal: trial.signal }).catch(() => undefined);
       const { code, message } = trial.signal.reason;
       await trial.saveSnapshot({ code, message, stop: await trial.shouldStop() });`,
      { executor: executor(), timeout: 500 },
    );
    expect(trial).toMatchObject({ status: "broken", results: null, error: { cause: "timeout" } });
    const storage = await trial.folder.open();
    expect((await storage.latestSnapshot(trial.id))?.state).toEqual({
      code: "TIMEOUT",
      message: "The trial ran longer than its limit",
      stop: true,
    });
  });

  test("goes on from its snapshot when it is tried again", async () => {
    const trial = await executeSecond(
      `const before = await trial.latestSnapshot();
       if (before !== undefined) return { at: before.state.at, attempt, drawn: trial.random.next() };
       trial.random.next();
       await trial.saveSnapshot({ at: 7 });
       await trial.saveSnapshot({ at: 8, drawn: trial.random.next() });
       for (;;);`,
      { executor: executor(), timeout: 1000, retries: { timeout: 1 } },
    );
    expect(trial).toMatchObject({ status: "completed", results: { at: 8, attempt: 2 } });
    expect(endings(trial.attempts)).toEqual([
      [1, "broken", "timeout"],
      [2, "completed", null],
    ]);
  });
});

describe.each(executors)("a process that a trial started, with %s", (_, executor) => {
  test.each([
    ["ran too long", `await sleep(60_000);`],
    ["blocks", `await sleep(100); for (;;);`],
    ["calls process.exit", `await sleep(100); process.exit(1);`],
  ])("is ended with a trial that %s", async (_what, code) => {
    const trial = await executeSecond(
      `const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
       writeFileSync(folder + "pid", String(pid));
       ${code}`,
      { executor: executor(), timeout: 700 },
    );
    expect(trial).toMatchObject({ status: "broken" });
    const [pid] = await trial.folder.lines("pid");
    await until(async () => !(await isAlive(Number(pid))));
  });

  test.each([
    ["waits for it", ""],
    ["waits for it, and for the next when that is over", "for (;;)"],
  ])("is ended with a trial that %s, and with all that it started", async (_what, again) => {
    const trial = await executeSecond(
      `const { spawnSync } = await import("node:child_process");
       const command = 'echo $$ >> "$0"; sleep 600 & echo $! >> "$0"; wait';
       ${again} spawnSync("sh", ["-c", command, folder + "pids"]);
       appendFileSync(folder + "attempts", "went on\\n");`,
      { executor: executor(), timeout: 700 },
    );
    expect(trial).toMatchObject({ status: "broken", error: { cause: "timeout" } });
    const pids = (await trial.folder.lines("pids")).map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await until(async () => !(await isAlive(pid)));
    expect(await trial.folder.lines("attempts")).toEqual(["1"]);
  });

  test("lives on when it was detached", async () => {
    const { execute, lines } = await experimentFolder(`
      import { spawn } from "node:child_process";
      export default defineExperiment({
        name: "detached",
        space: { n: 1 },
        run: async () => {
          const child = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
          child.unref();
          writeFileSync(folder + "pid", String(child.pid));
          await sleep(50);
        },
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 1 });
    const pid = Number((await lines("pid"))[0]);
    expect(await isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });
});

describe.each(executors)("a trial that shows no progress, with %s", (_, executor) => {
  test("is ended once it is silent, and not while it reports", async () => {
    const trial = await executeSecond(
      `for (let i = 0; i < 25; i++) {
         trial.report({ loss: i });
         await sleep(100);
       }
       await trial.saveSnapshot("silent");
       await sleep(60_000);`,
      { executor: executor(), noProgressTimeout: 1500 },
    );
    expect(trial).toMatchObject({
      status: "broken",
      error: { cause: "noProgress", message: "Showed no progress for 1500 ms" },
    });
    const storage = await trial.folder.open();
    expect((await storage.latestSnapshot(trial.id))?.state).toBe("silent");
  });

  test("is ended also when it blocks", async () => {
    const trial = await executeSecond(forEver, { executor: executor(), noProgressTimeout: 700 });
    expect(trial).toMatchObject({ error: { cause: "noProgress" } });
  });
});

describe("a trial that takes too much memory", () => {
  const grow = `const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));`;

  test.each([
    ["threads", threads(2)],
    ["hybrid", hybrid({ processes: 1, threadsPerProcess: 2 })],
  ])("is ended with its thread, by its heap, with %s", async (_, executor) => {
    const trial = await executeSecond(grow, { executor, memory: 80 });
    expect(trial).toMatchObject({
      status: "broken",
      error: { cause: "memory", message: "The worker thread ran out of memory (limit: 80 MB)" },
    });
  });

  test("is ended with its process, by what it has resident", async () => {
    const trial = await executeSecond(
      `const kept = Buffer.alloc(700 * 1024 ** 2, 1);
       await sleep(60_000);
       return { length: kept.length };`,
      { executor: processes(2), memory: 400 },
    );
    expect(trial).toMatchObject({ status: "broken", error: { cause: "memory" } });
    expect(trial.error?.message).toMatch(
      /^The worker process used \d+ MB of memory \(limit: 400 MB\)$/,
    );
  });

  test("is ended when it blocks, and when what it started takes the memory", async () => {
    const trial = await executeSecond(
      `const text = "const kept = Buffer.alloc(700 * 1024 ** 2, 1); setInterval(() => kept, 1000)";
       const { pid } = spawn(process.execPath, ["-e", text], { stdio: "ignore" });
       writeFileSync(folder + "pid", String(pid));
       for (;;);`,
      { executor: processes(2), memory: 400 },
    );
    expect(trial).toMatchObject({ status: "broken", error: { cause: "memory" } });
    const [pid] = await trial.folder.lines("pid");
    await until(async () => !(await isAlive(Number(pid))));
  });

  test("is tried again when retries say so", async () => {
    const trial = await executeSecond(`if (attempt < 3) { ${grow} }`, {
      executor: threads(2),
      memory: 80,
      retries: { memory: 2 },
    });
    expect(endings(trial.attempts)).toEqual([
      [1, "broken", "memory"],
      [2, "broken", "memory"],
      [3, "completed", null],
    ]);
  });
});

describe.each(executors)("a trial that ends its worker, with %s", (name, executor) => {
  const worker = name === "processes" ? "process" : "thread";

  test.each([0, 7])("by process.exit(%i) is broken and says so", async (code) => {
    const trial = await executeSecond(`process.exit(${String(code)});`, { executor: executor() });
    expect(trial).toMatchObject({
      status: "broken",
      error: {
        cause: "error",
        message: `The code called process.exit: the worker ${worker} ended with exit code ${String(code)}`,
      },
    });
  });

  test.each([
    ["an error outside of the trial", "setTimeout(() => { throw new TypeError('Late'); }, 1);"],
    ["a promise that nothing catches", "void Promise.reject(new TypeError('Late'));"],
  ])("by %s is broken with its message and line", async (_what, code) => {
    const trial = await executeSecond(`${code} await sleep(60_000);`, { executor: executor() });
    expect(trial).toMatchObject({
      status: "broken",
      error: {
        cause: "error",
        message: "Nothing caught: TypeError: Late",
        stack: expect.stringMatching(/experiment\.ts:\d+:\d+/) as unknown,
      },
    });
  });

  test("keeps what it reported and saved before", async () => {
    const trial = await executeSecond(
      `trial.report({ loss: 3 });
       await trial.saveSnapshot({ at: 1 });
       process.exit(1);`,
      { executor: executor() },
    );
    const storage = await trial.folder.open();
    expect((await storage.latestSnapshot(trial.id))?.state).toEqual({ at: 1 });
    expect(trial.metrics).toEqual({ loss: 3 });
  });
});

describe.each(executors)("retries with %s", (_, executor) => {
  test("put each attempt on record, and end with the one that completes", async () => {
    const trial = await executeSecond(
      `if (attempt === 1) throw new RangeError("First");
       if (attempt === 2) process.exit(1);
       if (attempt === 3) return { call: () => 1 };`,
      { executor: executor(), retries: { error: 3 } },
    );
    expect(trial).toMatchObject({ status: "completed", attempt: 4, results: { n: 1, attempt: 4 } });
    expect(endings(trial.attempts)).toEqual([
      [1, "broken", "error"],
      [2, "broken", "error"],
      [3, "broken", "results"],
      [4, "completed", null],
    ]);
    expect(trial.attempts[0]?.error).toMatchObject({ message: "RangeError: First" });
    expect(await trial.folder.lines("attempts")).toEqual(["1", "2", "3", "4"]);
  });

  test("that are used up leave the trial broken", async () => {
    const trial = await executeSecond(`throw new Error("Attempt " + attempt);`, {
      executor: executor(),
      retries: 2,
    });
    expect(trial).toMatchObject({
      status: "broken",
      attempt: 3,
      error: { cause: "error", message: "Attempt 3" },
    });
    expect(endings(trial.attempts)).toEqual([
      [1, "broken", "error"],
      [2, "broken", "error"],
      [3, "broken", "error"],
    ]);
    // Another run does not try again what is broken.
    expect(await trial.folder.execute({ executor: executor(), retries: 5 })).toMatchObject({
      executed: 0,
    });
  });

  test("of another cause are not used", async () => {
    const trial = await executeSecond(`throw new Error("No");`, {
      executor: executor(),
      retries: { timeout: 3, memory: 3, lost: 3 },
    });
    expect(trial).toMatchObject({ status: "broken", attempt: 1 });
  });
});

describe.each([
  ["processes", () => processes(2)],
  ["hybrid", () => hybrid({ processes: 2, threadsPerProcess: 1 })],
] as const)("a trial whose process is killed, with %s", (_, executor) => {
  const kill = `process.kill(process.pid, "SIGKILL"); for (;;);`;

  test("is tried again twice, unless told otherwise", async () => {
    const trial = await executeSecond(`if (attempt < 3) { ${kill} }`, { executor: executor() });
    expect(trial).toMatchObject({ status: "completed", attempt: 3 });
    expect(endings(trial.attempts)).toEqual([
      [1, "broken", "lost"],
      [2, "broken", "lost"],
      [3, "completed", null],
    ]);
  });

  test("the third time is broken, and says how it was lost", async () => {
    const trial = await executeSecond(kill, { executor: executor() });
    expect(trial).toMatchObject({
      status: "broken",
      attempt: 3,
      error: { cause: "lost", message: "The worker process was killed by SIGKILL" },
    });
  });

  test("is broken at once when it shall not be tried again", async () => {
    const trial = await executeSecond(kill, { executor: executor(), retries: { lost: 0 } });
    expect(trial).toMatchObject({ status: "broken", attempt: 1, error: { cause: "lost" } });
  });
});

test("the trials of all threads of a process that is killed are tried again", async () => {
  const { execute, open } = await experimentFolder(`
    import { readFileSync } from "node:fs";
    export default defineExperiment({
      name: "together",
      space: { n: choice([0, 1, 2, 3]) },
      run: async ({ n }, trial) => {
        const { attempt } = trial;
        if (attempt > 1 || n > 1) return { attempt };
        appendFileSync(folder + "began", n + "\\n");
        while (readFileSync(folder + "began", "utf8").trim().split("\\n").length < 2) await sleep(5);
        await trial.report({ loss: n });
        if (n === 0) process.kill(process.pid, "SIGKILL");
        await sleep(60_000);
      },
    });`);
  const executor = hybrid({ processes: 1, threadsPerProcess: 2 });
  expect(await execute({ executor })).toMatchObject({ completed: 4, broken: 0 });
  const trials = await (await open()).getTrials("together");
  expect(trials.map(({ attempt }) => attempt)).toEqual([2, 2, 1, 1]);
});

test("a process that does not even end its threads is ended, and others take its place", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "stopped",
      space: { n: choice([0, 1, 2, 3]) },
      run: async ({ n }, trial) => {
        // A limit holds for what is known to run: a process that stops before it could tell is not known to.
        await trial.report({ begun: n });
        if (n === 0 && trial.attempt === 1) process.kill(process.pid, "SIGSTOP");
        return { n };
      },
    });`);
  const executor = hybrid({ processes: 1, threadsPerProcess: 1 });
  const summary = await execute({ executor, timeout: 500, retries: 1 });
  expect(summary).toMatchObject({ completed: 4, broken: 0 });
  const trials = await (await open()).getTrials("stopped");
  expect(trials.map(({ attempt }) => attempt)).toEqual([2, 1, 1, 1]);
});
