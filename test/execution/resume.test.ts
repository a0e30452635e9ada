import { describe, expect, test } from "vitest";
import { collect } from "../support/collect.ts";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

/** A walk that saves a snapshot every second step and at the end, and goes on from the latest one. */
const walk = `
export default defineExperiment({
  name: "walk",
  space: { T: choice([10, 20]) },
  seed: 7,
  run: async ({ T }, trial) => {
    const resumed = await trial.latestSnapshot<{ step: number; seen: number[] }>();
    const seen = resumed?.state.seen ?? [];
    const from = resumed?.state.step ?? 0;
    for (let step = from; step < from + T; step += 1) {
      seen.push(trial.random.next());
      trial.report({ position: seen.length }, step);
      if (step % 2 === 1 || step === from + T - 1) {
        await trial.saveSnapshot({ step: step + 1, seen }, "step " + (step + 1));
      }
    }
    return { seen, from };
  },
});`;

interface Walked {
  readonly seen: number[];
  readonly from: number;
}

describe.each(executors)("a trial that saves snapshots, with %s", (executor) => {
  test("goes on from the latest one when it is run again", async () => {
    const { execute, open } = await experimentFolder(walk);
    await execute({ executor });
    const storage = await open();
    const first = await storage.getTrials("walk");
    for (const { id } of first) await storage.markTrialIncomplete(id);
    expect(await execute({ executor })).toMatchObject({ executed: 2, skipped: 0 });
    const second = await storage.getTrials("walk");
    for (const [i, { results, params }] of second.entries()) {
      const before = first[i]!.results as unknown as Walked;
      const after = results as unknown as Walked;
      expect(after.from).toBe(params["T"]);
      expect(after.seen).toHaveLength(2 * before.seen.length);
      expect(after.seen.slice(0, before.seen.length)).toEqual(before.seen);
    }
    expect(second.map(({ attempt }) => attempt)).toEqual([2, 2]);
  });

  test("continues its random numbers as if it had never stopped", async () => {
    const { execute, open, write, read } = await experimentFolder(walk);
    await execute({ executor });
    const storage = await open();
    const [ten] = await storage.getTrials("walk");
    await storage.markTrialIncomplete(ten!.id);
    await execute({ executor });
    const resumed = (await storage.getTrial(ten!.id)).results as unknown as Walked;
    await write("experiment.ts", (await read("experiment.ts")).replace("[10, 20]", "[20]"));
    await execute({ executor, overwrite: true });
    const [straight] = await storage.getTrials("walk");
    expect((straight?.results as unknown as Walked).seen).toEqual(resumed.seen);
  });

  test("continues the series of its metrics from the snapshot", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "series",
        space: { T: 4 },
        run: async ({ T }, trial) => {
          const resumed = await trial.latestSnapshot<number>();
          for (let step = resumed?.state ?? 0; step < T; step += 1) {
            trial.report({ loss: 10 * trial.attempt + step, rate: 1 }, step);
            if (step === 1) await trial.saveSnapshot(step + 1);
            if (step === 2 && trial.attempt === 1) throw new Error("Ended between two snapshots");
          }
        },
      });`);
    expect(await execute({ executor })).toMatchObject({ broken: 1 });
    expect(await execute({ executor, retryBroken: true })).toMatchObject({ completed: 1 });
    const storage = await open();
    const points = await collect(storage.getMetrics("series", { name: "loss" }));
    expect(points.map(({ step, value, attempt }) => [step, value, attempt])).toEqual([
      [0, 10, 1],
      [1, 11, 1],
      [2, 22, 2],
      [3, 23, 2],
    ]);
    const all = await collect(storage.getMetrics("series", { name: "loss", allAttempts: true }));
    expect(all.map(({ value }) => value)).toEqual([10, 11, 12, 22, 23]);
    const [trial] = await storage.getTrials("series");
    expect(trial?.metrics).toEqual({ loss: 23, rate: 1 });
  });
});

describe("snapshots", () => {
  test("are listed newest first, in the order in which they were saved", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "listed",
        space: { a: 1 },
        run: async (params, trial) => {
          const numbers = [];
          for (let i = 0; i < 5; i += 1) numbers.push(await trial.saveSnapshot({ i }, "no " + i));
          const all = await trial.snapshots();
          return { numbers, labels: all.map(({ label }) => label), states: all.map(({ state }) => state.i) };
        },
      });`);
    await execute();
    const storage = await open();
    const [trial] = await storage.getTrials("listed");
    expect(trial?.results).toEqual({
      numbers: [1, 2, 3, 4, 5],
      labels: ["no 4", "no 3", "no 2", "no 1", "no 0"],
      states: [4, 3, 2, 1, 0],
    });
    expect((await storage.getSnapshots(trial!.id)).map(({ number }) => number)).toEqual([
      5, 4, 3, 2, 1,
    ]);
  });

  test("keep what was passed in as it was then, and leave it usable", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "copied",
        space: { a: 1 },
        run: async (params, trial) => {
          const weights = new Float64Array([1, 2]);
          const saving = trial.saveSnapshot({ weights });
          weights[0] = 9;
          await saving;
          const blob = new Uint8Array([1, 2]);
          const keeping = trial.artifact("blob", blob);
          blob[0] = 9;
          await keeping;
          return { weights, blob };
        },
      });`);
    await execute();
    const storage = await open();
    const [trial] = await storage.getTrials("copied");
    expect(trial?.results).toEqual({
      weights: new Float64Array([9, 2]),
      blob: new Uint8Array([9, 2]),
    });
    expect((await storage.latestSnapshot(trial!.id))?.state).toEqual({
      weights: new Float64Array([1, 2]),
    });
    expect([...(await storage.readArtifact(trial!.id, "blob"))]).toEqual([1, 2]);
  });

  test("that nothing waited for are kept before the trial ends", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "unawaited",
        space: { a: choice([1, 2]) },
        run: ({ a }, trial) => {
          for (let i = 0; i < 20; i += 1) void trial.saveSnapshot({ a, i });
          void trial.artifact("note", "text " + a);
          return { a };
        },
      });`);
    expect(await execute()).toMatchObject({ completed: 2 });
    const storage = await open();
    for (const { id, params } of await storage.getTrials("unawaited")) {
      expect(await storage.getSnapshots(id)).toHaveLength(20);
      expect((await storage.readArtifact(id, "note")).toString()).toBe(
        `text ${String(params["a"])}`,
      );
    }
  });

  test("of what cannot be stored are an error that names the path, at once", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "unstorable",
        space: { a: 1 },
        run: async (params, trial) => {
          await trial.saveSnapshot({ model: { layers: [1, () => 2] } });
        },
      });`);
    await execute();
    const [trial] = await (await open()).getTrials("unstorable");
    expect(trial).toMatchObject({ status: "broken" });
    expect(trial?.error?.message).toContain("state.model.layers[1]");
  });
});

describe.each(executors)("an experiment built on another's trials, with %s", (executor) => {
  test("reads the results of its partner, pair by pair", async () => {
    const { execute, open, write, root } = await experimentFolder(`
      export default defineExperiment({
        name: "A",
        space: { x: choice([1, 2, 3]), y: choice([10, 20]) },
        run: ({ x, y }) => ({ final: { position: [x, y] } }),
      });`);
    await execute({ executor });
    const storage = await open();
    const ids = await storage.getTrialIds("A");
    await write(
      "second.ts",
      `import { choice, defineExperiment, matched } from "assay";
      export default defineExperiment({
        name: "B",
        space: { k: choice([0, 1, 2]), h: choice([0, 1]), before: matched(${JSON.stringify(ids)}) },
        run: async ({ before }, trial) => {
          const { final } = await trial.resultsOf<{ final: { position: number[] } }>(before);
          return { initial: final };
        },
      });`,
    );
    const assay = await import("assay");
    const summary = await assay.execute(`${root}/second.ts`, { storage, executor });
    expect(summary).toMatchObject({ completed: 6 });
    const finals = (await storage.getTrials("A")).map(({ results }) => results?.["final"]);
    const initials = (await storage.getTrials("B")).map(({ results }) => results?.["initial"]);
    expect(initials).toEqual(finals);
  });
});

test("results of a trial that has none are an error that says what it is", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "own",
      space: { a: 1 },
      run: async (params, trial) => ({ own: await trial.resultsOf(trial.id) }),
    });`);
  await execute();
  const [trial] = await (await open()).getTrials("own");
  expect(trial?.error?.message).toBe(`Trial ${trial!.id} has no results: it is reserved`);
});

test("a resumed trial has the last values of the metrics that its series shows", async () => {
  const { execute, open } = await experimentFolder(`
    export default defineExperiment({
      name: "late",
      space: { n: 1 },
      run: async (_, trial) => {
        if ((await trial.latestSnapshot()) !== undefined) return {};
        trial.report({ loss: 0.5 }, 0);
        await trial.saveSnapshot({});
        throw new Error("After the last epoch");
      },
    });`);
  await execute();
  expect(await execute({ retryBroken: true })).toMatchObject({ completed: 1 });
  const storage = await open();
  const [trial] = await storage.getTrials("late");
  expect(trial?.metrics).toEqual({ loss: 0.5 });
  const found = await storage.trials("late").where("loss <= 0.5").count();
  expect(found).toBe(1);
});
