import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { choice, defineExperiment, execute, openStorage, processes, threads } from "assay";
import { describe, expect, test } from "vitest";
import { collect } from "../support/collect.ts";
import { executors, meeting, parallelExecutors } from "../support/executors.ts";
import { experimentFolder } from "../support/experiment-folder.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

describe.each(executors)("the code of a trial with %s", (_, executor) => {
  test("finds no arguments of the worker's among its own", async () => {
    const { execute, open } = await experimentFolder(`
      const given = process.argv.slice(2);
      export default defineExperiment({
        name: "given",
        space: { n: choice([1]) },
        run: () => ({ given }),
      });`);
    await execute({ executor: executor() });
    const [trial] = await (await open()).getTrials("given");
    expect(trial?.results).toEqual({ given: [] });
  });
});

describe.each(executors)("the trial object with %s", (_, executor) => {
  test("is all there: what it is, what it reports, saves, keeps and logs", async () => {
    const { execute, open, path } = await experimentFolder(`
      import { statSync } from "node:fs";
      export default defineExperiment({
        name: "whole",
        space: { n: choice([10, 20, 30, 40]), model: { layers: [1, 2], since: new Date(0) } },
        seed: 3,
        setup: () => ({ table: new Map([["a", 1]]) }),
        run: async (params, trial) => {
          const { id, number, attempt, seed, signal, store } = trial;
          trial.log("trial", number, "began");
          trial.report({ loss: NaN, gain: -Infinity }, 0);
          await trial.report({ loss: -0 }, 1);
          const before = await trial.latestSnapshot();
          const numbers = [
            await trial.saveSnapshot({ weights: new Float64Array([params.n, NaN]) }, "first"),
            await trial.saveSnapshot(new Date(number)),
          ];
          const latest = await trial.latestSnapshot();
          const all = await trial.snapshots();
          await trial.artifact("bytes", new Uint8Array([0, 255, number]));
          await trial.artifact("text", "größer\\0");
          return {
            id, number, attempt, seed, params: trial.params, same: trial.params === params,
            random: trial.random.next(),
            deep: await sleep(1).then(() => [assay.getTrial() === trial, assay.getStore() === store]),
            store: store.table.get("a"),
            aborted: [signal instanceof AbortSignal, signal.aborted, await trial.shouldStop()],
            directory: [trial.directory, statSync(trial.directory).isDirectory()],
            before: before === undefined, numbers, latest: latest.state,
            all: all.map(({ number, label, attempt, state }) => ({ number, label, attempt, state })),
          };
        },
      });`);
    let output = "";
    const summary = await execute({
      executor: executor(),
      directory: path("."),
      onOutput: (text) => (output += text),
    });
    expect(summary).toMatchObject({ executed: 4, completed: 4 });
    const storage = await open();
    const trials = await storage.getTrials("whole");
    for (const { id, number, seed, params, attempt, results, status } of trials) {
      expect([status, attempt]).toEqual(["completed", 1]);
      const weights = new Float64Array([(number + 1) * 10, NaN]);
      expect(results).toEqual({
        ...{ id, number, attempt, seed, params, same: true },
        random: expect.any(Number) as unknown,
        deep: [true, true],
        store: 1,
        aborted: [true, false, false],
        directory: [path(`.assay/trials/${id}`), true],
        before: true,
        numbers: [1, 2],
        latest: new Date(number),
        all: [
          { number: 2, label: null, attempt: 1, state: new Date(number) },
          { number: 1, label: "first", attempt: 1, state: { weights } },
        ],
      });
      expect(params).toEqual({ n: weights[0], model: { layers: [1, 2], since: new Date(0) } });
      expect([...(await storage.readArtifact(id, "bytes"))]).toEqual([0, 255, number]);
      expect((await storage.readArtifact(id, "text")).toString()).toBe("größer\0");
      expect(output).toContain(`trial ${String(number)} began\n`);
      const points = (await collect(storage.getMetrics("whole"))).filter(
        ({ trial }) => trial === id,
      );
      expect(points.map(({ name, step, value }) => [name, step, value])).toEqual([
        ["loss", 0, NaN],
        ["gain", 0, -Infinity],
        ["loss", 1, -0],
      ]);
    }
    expect(trials).toHaveLength(4);
  });

  test("gives the committed results of another trial, and says when it has none", async () => {
    const { execute, open } = await experimentFolder(`
      import { readFileSync } from "node:fs";
      export default defineExperiment({
        name: "others",
        space: { n: choice([0, 1, 2]) },
        run: async ({ n }, trial) => {
          if (n === 0) {
            writeFileSync(folder + "first.tmp", trial.id);
            (await import("node:fs")).renameSync(folder + "first.tmp", folder + "first");
            return { big: new Float32Array([0.5, NaN]), when: new Date(7) };
          }
          while (!existsSync(folder + "first")) await sleep(5);
          const own = await trial.resultsOf(trial.id).catch(({ code }) => code);
          for (;;) {
            try {
              return { own, first: await trial.resultsOf(readFileSync(folder + "first", "utf8")) };
            } catch (error) {
              if (error.code !== "NOT_FOUND") throw error;
              await sleep(5);
            }
          }
        },
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 3 });
    const [, ...others] = await (await open()).getTrials("others");
    for (const { results } of others) {
      const first = { big: new Float32Array([0.5, NaN]), when: new Date(7) };
      expect(results).toEqual({ own: "NOT_FOUND", first });
    }
  });

  test("carries tens of megabytes both ways, unchanged", async () => {
    const { execute, open } = await experimentFolder(`
      import { createHash } from "node:crypto";
      const hashOf = (data) => createHash("sha256").update(data).digest("hex");
      export default defineExperiment({
        name: "large",
        space: { n: choice([1, 2]) },
        run: async ({ n }, trial) => {
          const weights = new Float64Array(2_600_000).map((_, i) => (i % 1000 === 0 ? NaN : i / n));
          const text = ("größer" + n).repeat(1_000_000);
          const bytes = new Uint8Array(weights.buffer);
          await trial.saveSnapshot({ weights, text });
          const { state } = await trial.latestSnapshot();
          await Promise.all([trial.artifact("bytes", bytes), trial.artifact("text", text)]);
          return {
            sent: [hashOf(bytes), hashOf(text)],
            back: [hashOf(new Uint8Array(state.weights.buffer)), hashOf(state.text)],
            text: "x".repeat(3_000_000) + n,
            weights,
          };
        },
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 2 });
    const storage = await open();
    for (const { id, params, results } of await storage.getTrials("large")) {
      const { sent, back, text, weights } = results as Record<string, unknown>;
      expect(back).toEqual(sent);
      expect(sha256(new Uint8Array((weights as Float64Array).buffer))).toBe((sent as string[])[0]);
      expect(text).toBe(`${"x".repeat(3_000_000)}${String(params["n"])}`);
      const artifacts = ["bytes", "text"].map(async (name) =>
        sha256(await storage.readArtifact(id, name)),
      );
      expect(await Promise.all(artifacts)).toEqual(sent);
    }
  });

  test("returns results of any kind that can be stored", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "kinds",
        space: { n: 1 },
        objective: { minimize: "loss" },
        run: () => ({
          loss: -0.5, nan: NaN, minus: -0, infinite: [Infinity, -Infinity], when: new Date(5),
          typed: [new Float32Array([1.5, NaN]), new BigInt64Array([-1n]), new Uint8Array([0, 255])],
          huge: 2n ** 80n, map: new Map([[{ a: 1 }, new Set([1])]]), nothing: null, nul: "a\\0b",
          lone: "\\ud800", $tag: { $date: 1 }, nested: { deep: [{ er: true }] },
        }),
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({
      best: { results: { loss: -0.5 } },
    });
    const [trial] = await (await open()).getTrials("kinds");
    expect(trial?.results).toStrictEqual({
      ...{ loss: -0.5, nan: NaN, minus: -0, infinite: [Infinity, -Infinity], when: new Date(5) },
      typed: [new Float32Array([1.5, NaN]), new BigInt64Array([-1n]), new Uint8Array([0, 255])],
      huge: 2n ** 80n,
      map: new Map([[{ a: 1 }, new Set([1])]]),
      ...{ nothing: null, nul: "a\0b", lone: "\ud800", $tag: { $date: 1 } },
      nested: { deep: [{ er: true }] },
    });
  });

  test.each([
    ["a function", "{ net: { act: [Math.max] } }", "results.net.act[0]"],
    ["a socket", "{ at: { socket: new Socket() } }", "results.at.socket"],
    ["a promise", "{ late: sleep(1) }", "results.late"],
  ])("breaks a trial that returns %s, with the path to it", async (_what, results, where) => {
    const { execute, open } = await experimentFolder(`
      import { Socket } from "node:net";
      export default defineExperiment({
        name: "uncrossable",
        space: { n: choice([0, 1, 2]) },
        run: ({ n }) => (n === 1 ? ${results} : { n }),
      });`);
    const summary = await execute({ executor: executor() });
    expect(summary).toMatchObject({ completed: 2, broken: 1 });
    const [, trial] = await (await open()).getTrials("uncrossable");
    expect(trial).toMatchObject({ status: "broken", results: null, error: { cause: "results" } });
    expect(trial?.error?.message).toContain(where);
    expect(trial?.error?.message).not.toContain("\n");
  });

  test("says where what cannot be saved is, and the trial goes on", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "unsaved",
        space: { n: 1 },
        run: async (params, trial) => {
          const refused = await trial.saveSnapshot({ net: [() => 1] }).catch((error) => error.message);
          return { refused, number: await trial.saveSnapshot({ net: [1] }) };
        },
      });`);
    await execute({ executor: executor() });
    const [trial] = await (await open()).getTrials("unsaved");
    expect(trial?.results).toMatchObject({ number: 1 });
    expect(trial?.results?.["refused"]).toContain("state.net[0]");
  });

  test("runs more trials than workers, each once", async () => {
    const { execute, open, lines } = await experimentFolder(`
      export default defineExperiment({
        name: "many",
        space: { n: linspace(0, 299, 300) },
        run: ({ n }, trial) => {
          appendFileSync(folder + "ran", n + "\\n");
          trial.report({ loss: n });
          return { n };
        },
      });`);
    const summary = await execute({ executor: executor() });
    expect(summary).toMatchObject({ executed: 300, completed: 300, broken: 0, interrupted: 0 });
    const inOrder = Array.from({ length: 300 }, (_, n) => n);
    expect((await lines("ran")).map(Number).sort((a, b) => a - b)).toEqual(inOrder);
    const storage = await open();
    const trials = await storage.getTrials("many");
    expect(trials.map(({ results, metrics }) => [results, metrics])).toEqual(
      inOrder.map((n) => [{ n }, { loss: n }]),
    );
    expect(trials.every(({ attempt, worker }) => attempt === 1 && worker !== null)).toBe(true);
    expect(await execute({ executor: executor() })).toMatchObject({ executed: 0, skipped: 300 });
  });
});

describe.each(parallelExecutors)("the workers of %s", (name, executor) => {
  test("run trials at the same time, and name themselves", async () => {
    const { execute, open } = await experimentFolder(`${meeting}
      export default defineExperiment({
        name: "rendezvous",
        space: { n: choice([0, 1]) },
        run: async ({ n }) => {
          await meet(n);
          return { pid: process.pid, worker };
        },
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 2 });
    const trials = await (await open()).getTrials("rendezvous");
    expect(new Set(trials.map(({ worker }) => worker)).size).toBe(2);
    expect(new Set(trials.map(({ results }) => results?.["worker"])).size).toBe(2);
    for (const { worker, results } of trials) {
      expect(worker).toContain(`:${String(results?.["pid"])}`);
      expect(results?.["pid"] === process.pid).toBe(name === "threads");
    }
  });

  test("each take a share of the trials", async () => {
    const { execute, open } = await experimentFolder(`${meeting}
      export default defineExperiment({
        name: "shares",
        space: { n: linspace(0, 39, 40) },
        run: async ({ n }) => {
          await meet(n);
          await sleep(20);
        },
      });`);
    expect(await execute({ executor: executor() })).toMatchObject({ completed: 40 });
    const shares = new Map<string | null, number>();
    for (const { worker } of await (await open()).getTrials("shares")) {
      shares.set(worker, (shares.get(worker) ?? 0) + 1);
    }
    expect(shares.size).toBe(2);
    expect(Math.min(...shares.values())).toBeGreaterThanOrEqual(10);
  });
});

test.each([
  ["threads", threads],
  ["processes", processes],
])("%s may be more than there are trials; those without one are not started", async (_, make) => {
  const { execute, lines } = await experimentFolder(`
    import { threadId } from "node:worker_threads";
    appendFileSync(folder + "loaded", process.pid + "/" + threadId + "\\n");
    export default defineExperiment({
      name: "few", space: { n: choice([0, 1]) }, run: ({ n }) => ({ n }) });`);
  expect(await execute({ executor: make(8) })).toMatchObject({ completed: 2 });
  expect((await lines("loaded")).length).toBeLessThanOrEqual(2);
});

test("a worker process that is lost before it is needed is not missed", async () => {
  const { execute, open, lines } = await experimentFolder(`
    import { execFileSync } from "node:child_process";
    if (existsSync(folder + "killed") === false) {
      const listed = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.ppid)], { encoding: "utf8" });
      const others = listed.split("\\n").filter((line) => line.includes("process-main"))
        .map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid);
      for (const pid of others) process.kill(pid, "SIGKILL");
      appendFileSync(folder + "killed", others.length + "\\n");
    }
    ${meeting}
    export default defineExperiment({
      name: "spare", space: { n: choice([0, 1]) }, run: async ({ n }) => await meet(n) });`);
  expect(await execute({ executor: processes(2) })).toMatchObject({ completed: 2 });
  expect(await lines("killed")).toEqual([String(Math.min(2, availableParallelism()) - 1)]);
  const trials = await (await open()).getTrials("spare");
  expect(trials.map(({ attempt }) => attempt)).toEqual([1, 1]);
});

test("without a choice a file is run on as many threads as there are cores", async () => {
  const { execute, open } = await experimentFolder(`
    import { threadId, isMainThread } from "node:worker_threads";
    export default defineExperiment({
      name: "default", space: { n: linspace(0, 40, 41) },
      run: async () => { await sleep(20); return { pid: process.pid, isMainThread }; },
    });`);
  await execute();
  const trials = await (await open()).getTrials("default");
  const workers = new Set(trials.map(({ worker }) => worker));
  expect(workers.size).toBeLessThanOrEqual(availableParallelism());
  for (const { results } of trials) {
    expect(results).toEqual({ pid: process.pid, isMainThread: false });
  }
});

describe("a choice of workers that cannot be is refused, and nothing is stored", () => {
  test.each<[options: object, message: string]>([
    ...([0, -1, 1.5, NaN, "2"] as const).map((workers): [object, string] => {
      const shown = typeof workers === "string" ? '"2"' : String(workers);
      return [{ workers }, `workers is a whole number from 1 to 1024, got ${shown}`];
    }),
    [
      { executor: "hybrid", threadsPerProcess: 0 },
      "threadsPerProcess is a whole number from 1 to 1024, got 0",
    ],
    [
      { executor: "threads", threadsPerProcess: 2 },
      'Threads per process go with the executor "hybrid", not with "threads"',
    ],
    [{ executor: "serial", workers: 2 }, 'The executor "serial" has one worker, not 2'],
    [
      { executor: "hybird" },
      'Unknown executor "hybird"; did you mean "hybrid"? (one of threads, processes, hybrid, serial, inline)',
    ],
    [
      { executor: threads(2), workers: 2 },
      "workers and threadsPerProcess go with the name of an executor, not with an object",
    ],
  ])("%j", async (options, message) => {
    const { execute, lines } = await experimentFolder(`
      export default defineExperiment({ name: "none", space: { n: 1 }, run: () => ({}) });`);
    await expect(execute(options)).rejects.toMatchObject({ code: "USAGE", message });
    expect(await lines("assay.db")).toEqual([]);
  });
});

test.each(executors)("an experiment that is an object cannot be run by %s", async (_, executor) => {
  await using storage = await openStorage("memory:");
  const experiment = defineExperiment({ name: "o", space: { n: choice([1]) }, run: () => ({}) });
  await expect(execute(experiment, { storage, executor: executor() })).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message:
      'Only the executor "inline" runs an experiment that is an object; pass the path of its file to execute',
  });
  expect(await storage.findExperiment("o")).toBeUndefined();
});
