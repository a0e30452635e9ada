import { choice, defineExperiment, execute, openStorage, type Trial } from "assay";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";
import { runInNode } from "../support/project-folder.ts";

const executors = ["serial", "inline"] as const;

/** An experiment of four trials, the second of which runs this code. */
function secondRuns(code: string, objective = ""): string {
  return `
export default defineExperiment({
  name: "four",
  space: { n: choice([0, 1, 2, 3]) },
  ${objective}
  run: async ({ n }, trial) => {
    if (n !== 1) return { n };
    ${code}
  },
});
class Model { weights = [1, 2]; }`;
}

/** Executes it: the others have to complete, the second one is returned. */
async function executeSecond(
  source: string,
  options: Parameters<typeof execute>[1],
): Promise<Trial> {
  const { execute, open } = await experimentFolder(source);
  const summary = await execute(options);
  expect(summary).toMatchObject({ executed: 4, completed: 3, broken: 1, brokenInExperiment: 1 });
  const trials = await (await open()).getTrials("four");
  expect(trials.filter(({ status }) => status === "completed")).toHaveLength(3);
  return trials[1]!;
}

describe.each(executors)("a trial that throws, with %s", (executor) => {
  test("is broken with its message and stack; the others run", async () => {
    const trial = await executeSecond(secondRuns(`throw new RangeError("No such layer");`), {
      executor,
    });
    expect(trial).toMatchObject({ status: "broken", attempt: 1, results: null });
    expect(trial.error).toMatchObject({ cause: "error", message: "RangeError: No such layer" });
    expect(trial.error?.stack).toContain("No such layer");
  });

  test("may throw anything", async () => {
    const thrown = [`"a text"`, `{ code: 5 }`, `undefined`, `Object.create(null)`, `Symbol("s")`];
    const { execute, open } = await experimentFolder(`
      const thrown = [${thrown.join(", ")}];
      export default defineExperiment({
        name: "anything",
        space: { n: choice(thrown.map((_, i) => i)) },
        run: ({ n }) => { throw thrown[n]; },
      });`);
    expect(await execute({ executor })).toMatchObject({ broken: 5 });
    const trials = await (await open()).getTrials("anything");
    expect(trials.map(({ error }) => error?.message)).toEqual([
      "Thrown: a text",
      "Thrown: { code: 5 }",
      "Thrown: undefined",
      "Thrown: [Object: null prototype] {}",
      "Thrown: Symbol(s)",
    ]);
  });

  test.each([
    [
      "no objective",
      `return { gain: 1 };`,
      'lack the declared objective "loss"; the trial returned gain',
    ],
    ["nothing", `return;`, 'lack the declared objective "loss"; the trial returned nothing'],
    [
      "a text as objective",
      `return { loss: "low" };`,
      'The objective "loss" must be a number, got the text "low"',
    ],
    [
      "what cannot be stored",
      `return { loss: 1, net: { act: [Math.max] } };`,
      "results.net.act[0]",
    ],
    ["an instance of a class", `return new Model();`, "got an instance of Model"],
    [
      "a text",
      `return "good";`,
      'A trial returns a map of results such as { loss: 0.3 }, got the text "good"',
    ],
    ["a list", `return [1, 2];`, "got an array"],
  ])("is broken when it returns %s, and the message says which", async (_what, code, message) => {
    const { execute, open } = await experimentFolder(
      secondRuns(code, `objective: { minimize: "loss" },`).replace("{ n };", "{ loss: n };"),
    );
    expect(await execute({ executor })).toMatchObject({ completed: 3, broken: 1 });
    const [, trial] = await (await open()).getTrials("four");
    expect(trial).toMatchObject({ status: "broken", error: { cause: "results" }, results: null });
    expect(trial?.error?.message).toContain(message);
  });
});

describe("the stack of a broken trial", () => {
  test.each(executors)("names the lines of the user's TypeScript with %s", async (executor) => {
    const { file, url, open, write } = await experimentFolder(
      `
import { train } from "./train.ts";
export default defineExperiment({ name: "deep", space: { n: 1 }, run: ({ n }) => train(n) });`,
      {
        "train.ts": `export interface Weights { readonly w: number }
type Depth = number;

export function train(depth: Depth): Weights {
  throw new Error("Diverged", { cause: new TypeError("Not a number") });
}
`,
      },
    );
    await write(
      "main.mjs",
      `import { execute } from ${JSON.stringify(import.meta.resolve("assay"))};
       const { broken } = await execute(${JSON.stringify(file)}, ${JSON.stringify({ storage: url, executor })});
       console.log(broken);`,
    );
    expect(await runInNode(await readFile(file.replace("experiment.ts", "main.mjs"), "utf8"))).toBe(
      1,
    );
    const [trial] = await (await open()).getTrials("deep");
    expect(trial?.error?.stack).toMatch(/^Error: Diverged\n\s+at train \(.*train\.ts:5:9\)/);
    expect(trial?.error?.stack).toMatch(/\nCaused by: TypeError: Not a number\n/);
  });
});

describe("results", () => {
  test("may be the bare value of the one objective", async () => {
    await using storage = await openStorage("memory:");
    const experiment = defineExperiment({
      name: "bare",
      space: { x: choice([1, 2]) },
      objective: { minimize: "loss" },
      run: ({ x }) => x / 2,
    });
    const { best } = await execute(experiment, { storage });
    expect(best).toMatchObject({ results: { loss: 0.5 } });
  });

  test("may be a bare number only where one objective is declared", async () => {
    await using storage = await openStorage("memory:");
    const experiment = defineExperiment({ name: "bare", space: { x: 3 }, run: ({ x }) => x });
    await execute(experiment, { storage });
    const [trial] = await storage.getTrials("bare");
    expect(trial?.error).toMatchObject({ cause: "results" });
    expect(trial?.error?.message).toContain("exactly one declared objective");
  });

  test("may be missing where no objective is declared", async () => {
    await using storage = await openStorage("memory:");
    await execute(defineExperiment({ name: "none", space: { x: 3 }, run: () => undefined }), {
      storage,
    });
    expect(await storage.getTrials("none")).toMatchObject([{ status: "completed", results: {} }]);
  });

  test("with an objective of NaN are kept, and are never the best", async () => {
    await using storage = await openStorage("memory:");
    const experiment = defineExperiment({
      name: "nan",
      space: { x: choice([0, 4]) },
      objective: { minimize: "loss" },
      run: ({ x }) => ({ loss: x === 0 ? NaN : x }),
    });
    const summary = await execute(experiment, { storage });
    expect(summary).toMatchObject({ completed: 2, best: { results: { loss: 4 } } });
    expect((await storage.getTrials("nan"))[0]?.results).toEqual({ loss: NaN });
  });
});

describe("a worker that is lost with its trial", () => {
  test("by process.exit: the trial is broken and says so, a new worker runs the rest", async () => {
    const trial = await executeSecond(secondRuns(`process.exit(7);`), {});
    expect(trial.error).toMatchObject({
      cause: "error",
      message: "The code called process.exit: the worker thread ended with exit code 7",
    });
  });

  test("by an error that nothing catches: its message and line are kept", async () => {
    const trial = await executeSecond(
      secondRuns(`setTimeout(() => { throw new TypeError("Too late"); }, 1);
      await sleep(10_000);`),
      {},
    );
    expect(trial.error).toMatchObject({
      cause: "error",
      message: "Nothing caught: TypeError: Too late",
    });
    expect(trial.error?.stack).toMatch(/experiment\.ts:\d+:\d+/);
  });

  test("by a promise that nothing catches", async () => {
    const trial = await executeSecond(
      secondRuns(`void Promise.reject(new Error("Forgotten"));
      await sleep(10_000);`),
      {},
    );
    expect(trial.error).toMatchObject({ cause: "error", message: "Nothing caught: Forgotten" });
  });

  test.each([
    { executor: "serial" },
    { executor: "threads", workers: 1 },
    { executor: "processes", workers: 1 },
  ] as const)(
    "is not the one that runs when what an ended trial left fails, with %o",
    async (options) => {
      const { execute, open } = await experimentFolder(`
      const forget = {
        "a timer": () => setTimeout(() => { throw new TypeError("Left by a timer"); }, 100),
        "a promise": () => void sleep(100).then(() => { throw new Error("Left by a promise"); }),
        nothing: () => undefined,
      };
      export default defineExperiment({
        name: "left",
        space: { leaves: choice(["a timer", "a promise", "nothing"]) },
        run: async ({ leaves }) => {
          forget[leaves]();
          if (leaves === "nothing") await sleep(500);
          return { leaves };
        },
      });`);
      let output = "";
      const summary = await execute({ ...options, onOutput: (text) => (output += text) });
      expect(summary).toMatchObject({ completed: 3, broken: 0 });
      expect(output).toMatch(
        /^Trial 0 had ended when nothing caught an error of it: TypeError: Left by a timer\n.*experiment\.ts:/m,
      );
      expect(output).toMatch(
        /^Trial 1 had ended when nothing caught an error of it: Error: Left by a promise\n/m,
      );
      const attempts = (await (await open()).getTrials("left")).map(({ attempt }) => attempt);
      expect(attempts).toEqual([1, 1, 1]);
    },
  );

  test.each([
    `process.on("uncaughtException", () => undefined);`,
    `process.setUncaughtExceptionCaptureCallback(() => undefined);`,
  ])("is not blamed on an error that the code handled itself: %s", async (handle) => {
    const trial = await executeSecond(
      secondRuns(`${handle}
        setTimeout(() => { throw new Error("Handled"); });
        await sleep(50);
        process.kill(process.pid, "SIGKILL");
        await sleep(10_000);`),
      { executor: "processes", workers: 1, retries: 0 },
    );
    expect(trial.error).toEqual({
      cause: "lost",
      message: "The worker process was killed by SIGKILL",
    });
  });

  test("by its memory: the trial is broken with that cause", async () => {
    const { file, url, open } = await experimentFolder(
      secondRuns(`const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));`),
    );
    const summary = await runInNode(
      `import { execute } from ${JSON.stringify(import.meta.resolve("assay"))};
       const summary = await execute(${JSON.stringify(file)}, { storage: ${JSON.stringify(url)} });
       console.log(JSON.stringify(summary));`,
      undefined,
      ["--max-old-space-size=60"],
    );
    expect(summary).toMatchObject({ completed: 3, broken: 1 });
    const [, trial] = await (await open()).getTrials("four");
    expect(trial?.error).toMatchObject({ cause: "memory" });
    expect(trial?.error?.message).toContain("ran out of memory");
  });

  test.each([
    ["builds the store anew", "serial", ["once", "once"]],
    ["gives the next worker the store of the others", "threads", ["once"]],
  ] as const)("%s with %s", async (_, executor, setups) => {
    const { execute, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "rebuilt",
        space: { n: choice([0, 1, 2]) },
        setup: () => { appendFileSync(folder + "setups", "once\\n"); return { table: 1 }; },
        run: ({ n }, trial) => { if (n === 0) process.exit(1); return { table: trial.store.table }; },
      });`);
    expect(await execute({ executor })).toMatchObject({ completed: 2, broken: 1 });
    expect(await lines("setups")).toEqual(setups);
  });
});

describe("a trial that runs into its timeout", () => {
  test("is ended even in an endless loop; the next ones run in a new worker", async () => {
    const trial = await executeSecond(secondRuns(`for (;;);`), { timeout: 500 });
    expect(trial).toMatchObject({
      status: "broken",
      error: { cause: "timeout", message: "Ran longer than its limit of 500 ms" },
      durationMs: expect.any(Number),
    });
  });

  test.each(executors)("may end by its signal, which says why, with %s", async (executor) => {
    const { execute, open } = await experimentFolder(
      secondRuns(`
        await sleep(20_000, undefined, { signal: trial.signal }).catch(() => undefined);
        await trial.saveSnapshot({ code: trial.signal.reason.code, stop: await trial.shouldStop() });
        return { n };`),
    );
    expect(await execute({ executor, timeout: 300 })).toMatchObject({ completed: 3, broken: 1 });
    const storage = await open();
    const [, trial] = await storage.getTrials("four");
    expect(trial).toMatchObject({ error: { cause: "timeout" }, results: null });
    expect((await storage.latestSnapshot(trial!.id))?.state).toEqual({
      code: "TIMEOUT",
      stop: true,
    });
  });

  test("has as long as it likes when the limit is infinite", async () => {
    const { execute } = await experimentFolder(secondRuns(`await sleep(20); return { n };`));
    expect(await execute({ timeout: Infinity })).toMatchObject({ completed: 4 });
  });
});

describe.each(executors)("too many broken trials, with %s", (executor) => {
  const failing = `
    export default defineExperiment({
      name: "failing",
      space: { n: choice(Array.from({ length: 40 }, (_, i) => i)) },
      run: ({ n }) => {
        if (n < Number(existsSync(folder + "good"))) return { n };
        throw new Error(n % 2 === 0 ? "Column " + n + " is missing" : existsSync(folder + "mixed") ? "Odd" : "Column 0 is missing");
      },
    });`;

  test("the first ten that all break in the same way stop the run, which says so", async () => {
    const { execute, open } = await experimentFolder(failing);
    const summary = await execute({ executor });
    expect(summary).toMatchObject({ executed: 10, broken: 10, interrupted: 0 });
    expect(summary.stopped).toMatch(
      /^The first 10 trials all broke in the same way: Column \d+ is missing$/,
    );
    const storage = await open();
    expect(await storage.countByStatus("failing")).toMatchObject({
      broken: 10,
      new: 30,
      total: 40,
    });
    expect(await storage.getRuns("failing")).toMatchObject([{ status: "stopped" }]);
  });

  test.each(["good", "mixed"])("they do not when some are otherwise: %s", async (name) => {
    const { execute, write } = await experimentFolder(failing);
    await write(name, "");
    expect(await execute({ executor })).toMatchObject({ executed: 40, stopped: null });
  });

  test("maxBroken of them stop the run, which says so", async () => {
    const { execute, open, write } = await experimentFolder(failing);
    await write("mixed", "");
    const summary = await execute({ executor, maxBroken: 3 });
    expect(summary).toMatchObject({ executed: 3, broken: 3 });
    expect(summary.stopped).toMatch(/^3 trials are broken, the limit is 3; the last one, number 2/);
    // The limit is one of each run.
    expect(await execute({ executor, maxBroken: 3 })).toMatchObject({ executed: 3, broken: 3 });
    expect(await (await open()).countByStatus("failing")).toMatchObject({ broken: 6, new: 34 });
  });
});

describe("a file that executes experiments when it is imported", () => {
  test.each(["await ", "void "])("is told to be split, with %sexecute", async (word) => {
    const { execute, file } = await experimentFolder(`
      export default defineExperiment({ name: "self", space: { a: 1 }, run: () => ({}) });
      ${word}assay.execute(import.meta.filename, { storage: "memory:" });`);
    await expect(execute()).rejects.toMatchObject({
      message: expect.stringContaining(
        `execute was called while ${file} was imported to be executed; call it from another file than the experiment's`,
      ) as unknown,
    });
  });
});

test("a file that ends its process when it is imported is an error", async () => {
  const { execute } = await experimentFolder(`
    export default defineExperiment({ name: "gone", space: { a: 1 }, run: () => ({}) });
    process.exit(4);`);
  await expect(execute()).rejects.toMatchObject({
    code: "INVALID_FILE",
    message: expect.stringContaining("exit code 4") as unknown,
  });
});

test("what is no experiment is an error that says what one is", async () => {
  const plain = { name: "x", space: {}, run: () => ({}) };
  await expect(execute(plain as never, { storage: "memory:" })).rejects.toThrow("defineExperiment");
});

describe.each(executors)("a run that stops at maxBroken, with %s", (executor) => {
  test("has run no trial whose end it does not keep", async () => {
    const { execute, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "side",
        space: { n: linspace(0, 59, 60) },
        run: ({ n }) => {
          appendFileSync(folder + "ran", n + "\\n");
          if (n === 4) throw new Error("No");
          return { n };
        },
      });`);
    const first = await execute({ executor, maxBroken: 1 });
    expect(first).toMatchObject({ completed: 4, broken: 1 });
    expect(await lines("ran")).toHaveLength(5);
    expect(await execute({ executor })).toMatchObject({ completed: 55, skipped: 4 });
    expect(await lines("ran")).toHaveLength(60);
  });
});
