import { describe, expect, test } from "vitest";
import { until } from "../support/experiment-folder.ts";
import { endOf, faultFolder } from "../support/fault/fault-folder.ts";
import { isRunning, signal } from "../support/fault/processes.ts";

const everywhere = ["threads", "processes", "hybrid"] as const;
const inProcesses = ["processes", "hybrid"] as const;

/** Twelve trials; number 5 stays for ever when it is run for the first time. */
const held = { body: `if (n === 5 && first()) await sleep(1e6);` };

describe.each(inProcesses)("a worker process that is killed with %s", (executor) => {
  test("costs its trial one attempt, and the run goes on with another worker", async () => {
    const { run, isHeld, executions, check } = await faultFolder(held);
    const running = run(["--executor", executor, "--workers", "2"]);
    await isHeld();
    const victim = executions().find(({ number }) => number === 5);
    expect(running.workers()).toContain(victim?.pid);
    signal(victim?.pid ?? 0, "SIGKILL");
    await endOf(running, 0);
    expect(await check()).toMatchObject({ takenOver: 0 });
    expect(executions().filter(({ number }) => number === 5)).toHaveLength(2);
  });

  test("while it loads the file, is replaced by one that loads it", async () => {
    const { run, read, check } = await faultFolder({
      before: `if (!existsSync(folder + "loaded")) {
        writeFileSync(folder + "loaded", String(process.pid));
        await sleep(1e6);
      }`,
      body: "",
    });
    const running = run(["--executor", executor, "--workers", "1"]);
    await until(async () => (await read("loaded").catch(() => "")) !== "");
    signal(Number(await read("loaded")), "SIGKILL");
    expect((await endOf(running, 0)).stdout).toContain("12 completed");
    expect(await check()).toMatchObject({ attempts: 12 });
  });

  test("in the middle of its setup, is replaced by one that sets up anew", async () => {
    const { run, read, check } = await faultFolder({
      more: `setup: async () => {
        if (!first()) return;
        writeFileSync(folder + "setup", String(process.pid));
        await sleep(1e6);
      },`,
      body: "",
    });
    const running = run(["--executor", executor, "--workers", "1"]);
    await until(async () => (await read("setup").catch(() => "")) !== "");
    signal(Number(await read("setup")), "SIGKILL");
    expect((await endOf(running, 0)).stdout).toContain("12 completed");
    expect(await check()).toMatchObject({ attempts: 12 });
  });

  test("each time that it sets up, is an error, and its trials are given back", async () => {
    const { run, open, write, finish } = await faultFolder({
      more: `setup: () => {
        if (!existsSync(folder + "mended")) process.kill(process.pid, "SIGKILL");
      },`,
      body: "",
    });
    const { stderr } = await endOf(run(["--executor", executor, "--workers", "2"]), 1);
    // The first thread of a process to set up ends others that may still load the file.
    expect(stderr).toMatch(
      /(Before its first trial|While the file was imported): The worker process was killed by SIGKILL/,
    );
    const storage = await open();
    expect(await storage.countByStatus("faulty")).toMatchObject({ new: 12, reserved: 0 });
    await write("mended", "");
    expect(await finish()).toMatchObject({ attempts: 12 });
  });
});

describe.each(everywhere)("a coordinator that is killed with %s", (executor) => {
  const workers = ["--executor", executor, "--workers", "2"];

  test("leaves no process behind, and the next run takes its trials over at once", async () => {
    const { run, isHeld, executed, finish, open } = await faultFolder(held);
    const running = run(workers);
    await isHeld();
    await executed(6);
    const left = running.workers();
    expect(left.length).toBe(executor === "threads" ? 0 : 2);
    await running.kill();
    await until(() => !left.some(isRunning));
    const storage = await open();
    const { completed } = await storage.countByStatus("faulty");
    expect(completed).toBeLessThan(12);
    await finish(workers);
  });

  test("together with a worker process leaves nothing in doubt", async () => {
    const { run, isHeld, finish } = await faultFolder(held);
    const running = run(workers);
    await isHeld();
    const [worker] = running.workers();
    if (worker !== undefined) signal(worker, "SIGKILL");
    await running.kill();
    await finish(workers);
  });

  test.each(["SIGKILL", "SIGSTOP"] as const)(
    "while its workers got %s leaves nothing behind of what its trials started",
    async (fate) => {
      const { run, executed, lines, finish } = await faultFolder({
        before: `import { spawn } from "node:child_process";`,
        body: `if (n < 2 && process.env.QUICK === undefined) {
            const { pid } = spawn("sh", ["-c", "sleep 1000; true"], { stdio: "ignore" });
            appendFileSync(folder + "started", pid + "\\n");
            for (;;);
          }`,
      });
      const running = run(workers);
      await executed(0, 1);
      await until(async () => (await lines("started")).length === 2);
      const left = running.workers();
      for (const worker of left) signal(worker, fate);
      await running.kill();
      const started = (await lines("started")).map(Number);
      await until(() => ![...left, ...started].some(isRunning));
      await finish(workers, { QUICK: "1" });
    },
  );

  test("beside another run of the experiment: the other takes over what it held", async () => {
    const { run, isHeld, executions, check } = await faultFolder({
      size: 40,
      body: `if (n === 5 && first()) await sleep(1e6);
        await sleep(20);`,
    });
    const running = run(workers);
    await isHeld();
    const other = run(workers);
    await until(() => new Set(executions().map(({ number }) => number)).size === 40);
    expect(executions().filter(({ number }) => number === 5)).toHaveLength(1);
    await running.kill();
    await endOf(other, 0);
    expect((await check()).takenOver).toBeGreaterThan(0);
  });

  test("while it sets up leaves its trials to the next run", async () => {
    const { run, read, finish, executions } = await faultFolder({
      more: `setup: async () => {
        if (process.env.QUICK !== undefined) return;
        writeFileSync(folder + "setup", "began");
        await sleep(1e6);
      },`,
      body: "",
    });
    const running = run(workers);
    await until(async () => (await read("setup").catch(() => "")) === "began");
    expect(executions()).toEqual([]);
    await running.kill();
    expect(await finish(workers, { QUICK: "1" })).toMatchObject({ attempts: 12, takenOver: 0 });
  });
});

describe("a coordinator that is killed while it registers a grid of 3,000 trials", () => {
  const size = 3000;
  const workers = ["--executor", "threads", "--workers", "2"];

  test.each([
    ["before the experiment is stored", 0, -1],
    ["when the experiment is stored", 0, 0],
    ["after the first trials", 1, 0],
    ["in the middle", 1000, 0],
    ["near the end", 2900, 0],
  ])("%s", async (_when, executed, stored) => {
    const { run, open, executions, finish } = await faultFolder({ size, body: "" });
    const running = run(workers);
    const storage = await open();
    await until(async () => {
      if (executions().length < executed) return false;
      return stored < 0 || (await storage.findExperiment("faulty")) !== undefined;
    });
    await running.kill();
    await finish(workers);
  });
});

describe("a coordinator that is killed at the end", () => {
  test("when its last trial runs: that one is run again", async () => {
    const { run, isHeld, finish } = await faultFolder({
      body: `if (n === 11 && first()) await sleep(1e6);`,
    });
    const running = run(["--executor", "serial"]);
    await isHeld();
    await running.kill();
    await finish();
  });

  test("when everything is completed: there is nothing left to run", async () => {
    const { run, open, finish, executions } = await faultFolder({ body: "" });
    const running = run(["--executor", "serial"]);
    const storage = await open();
    await until(async () => {
      if ((await storage.findExperiment("faulty")) === undefined) return false;
      return (await storage.countCompletedTrials("faulty")) === 12;
    });
    await running.kill();
    expect(await finish()).toMatchObject({ attempts: 12 });
    expect(executions()).toHaveLength(12);
  });
});
