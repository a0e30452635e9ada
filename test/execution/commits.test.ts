import { describe, expect, test } from "vitest";
import { collect } from "../support/collect.ts";
import { experimentFolder, until } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

describe.each(executors)("what a trial awaits, with %s", (executor) => {
  test("is committed: another connection sees it at that moment", async () => {
    const { execute, open } = await experimentFolder(`
      import { openStorage } from "assay";
      export default defineExperiment({
        name: "visible",
        space: { a: 1 },
        run: async (params, trial) => {
          await using other = await openStorage("sqlite:" + folder + "assay.db", { create: false });
          await trial.report({ loss: 0.5 }, 3);
          const points = [];
          for await (const point of other.getMetrics("visible")) points.push([point.step, point.value]);
          await trial.saveSnapshot({ epoch: 3 }, "third");
          const { state, label } = await other.latestSnapshot(trial.id);
          await trial.artifact("notes.txt", "good");
          const artifact = (await other.readArtifact(trial.id, "notes.txt")).toString();
          const { status, attempt, startedAt } = await other.getTrial(trial.id);
          return { points, state, label, artifact, status, attempt, started: startedAt !== null };
        },
      });`);
    await execute({ executor });
    const [trial] = await (await open()).getTrials("visible");
    expect(trial?.results).toEqual({
      points: [[3, 0.5]],
      state: { epoch: 3 },
      label: "third",
      artifact: "good",
      status: "reserved",
      attempt: 1,
      started: true,
    });
  });

  test("is not needed for what it reported to be kept", async () => {
    const { execute, open } = await experimentFolder(`
      export default defineExperiment({
        name: "many",
        space: { a: choice([1, 2]) },
        run: ({ a }, trial) => {
          for (let step = 0; step < 5000; step += 1) trial.report({ loss: a / (step + 1) }, step);
        },
      });`);
    await execute({ executor });
    const points = await collect((await open()).getMetrics("many", { number: 1 }));
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(points[9]?.value).toBe(0.2);
  });
});

test("the start of a long trial is visible while it runs", async () => {
  const { execute, open, write } = await experimentFolder(`
    export default defineExperiment({
      name: "long",
      space: { a: 1 },
      run: async () => { while (!existsSync(folder + "go")) await sleep(5); },
    });`);
  const running = execute();
  const storage = await open();
  await until(async () => {
    const experiment = await storage.findExperiment("long");
    const [trial] = experiment === undefined ? [] : await storage.getTrials("long");
    return trial?.status === "reserved" && trial.attempt === 1 && trial.startedAt !== null;
  });
  const [trial] = await storage.getTrials("long");
  expect(await storage.getAttempts(trial!.id)).toMatchObject([
    { attempt: 1, status: "reserved", endedAt: null, worker: trial!.worker },
  ]);
  expect(trial?.run).toBe((await storage.getRuns("long"))[0]?.reference);
  await write("go", "");
  expect(await running).toMatchObject({ completed: 1 });
});

describe.each(executors)("a running trial that somebody marks incomplete, with %s", (executor) => {
  /** Trial 1 reports until its signal fires or the file \`go\` is there, and tells what it saw. */
  const fenced = `
    export default defineExperiment({
      name: "fenced",
      space: { n: choice([0, 1, 2, 3]) },
      run: async ({ n }, trial) => {
        if (n === 1 && trial.attempt === 1) {
          appendFileSync(folder + "ran", "started\\n");
          let reported;
          while (!trial.signal.aborted && !existsSync(folder + "go")) {
            try {
              if (!existsSync(folder + "quiet")) await trial.report({ loss: 1 });
            } catch (error) {
              reported = error.code;
              break;
            }
            await sleep(5);
          }
          if (existsSync(folder + "go")) return { n, late: true };
          const saved = await trial.saveSnapshot("late").catch((error) => error.code);
          appendFileSync(folder + "ran", [reported, saved, trial.signal.reason.code].join(" ") + "\\n");
          return { n, late: true };
        }
        return { n, late: false };
      },
    });`;

  test("hears LEASE_LOST, changes nothing any more, and is run again", async () => {
    const { execute, open, lines } = await experimentFolder(fenced);
    const running = execute({ executor });
    await until(async () => (await lines("ran")).includes("started"));
    const storage = await open();
    await until(async () => (await storage.countTrials("fenced")) > 1);
    const [, trial] = await storage.getTrials("fenced");
    await until(async () => (await storage.getTrial(trial!.id)).attempt === 1);
    await storage.markTrialIncomplete(trial!.id);
    expect(await running).toMatchObject({ executed: 4, completed: 4, broken: 0 });
    expect(await lines("ran")).toEqual(["started", "LEASE_LOST LEASE_LOST LEASE_LOST"]);
    const trials = await storage.getTrials("fenced");
    expect(trials.map(({ results }) => results)).toEqual(
      [0, 1, 2, 3].map((n) => ({ n, late: false })),
    );
    expect(await storage.getAttempts(trial!.id)).toMatchObject([
      { attempt: 1, status: "interrupted", results: null },
      { attempt: 2, status: "completed" },
    ]);
    expect(await storage.latestSnapshot(trial!.id)).toBeUndefined();
  });

  test("has its late result refused and not counted; its neighbours are committed", async () => {
    const { execute, open, lines, write } = await experimentFolder(fenced);
    await write("quiet", "");
    const running = execute({ executor });
    await until(async () => (await lines("ran")).includes("started"));
    const storage = await open();
    await until(async () => (await storage.countTrials("fenced")) > 1);
    const [, trial] = await storage.getTrials("fenced");
    await until(async () => (await storage.getTrial(trial!.id)).attempt === 1);
    await storage.markTrialIncomplete(trial!.id);
    await write("go", "");
    expect(await running).toMatchObject({ executed: 4, completed: 4, interrupted: 0 });
    const trials = await storage.getTrials("fenced");
    expect(trials.map(({ results }) => results)).toEqual(
      [0, 1, 2, 3].map((n) => ({ n, late: false })),
    );
    expect(trials.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 1]);
  });
});

test("a trial that was fenced and does not heed its signal is ended with its worker", async () => {
  const { execute, open, lines } = await experimentFolder(`
    export default defineExperiment({
      name: "deaf",
      space: { n: choice([0, 1]) },
      run: async ({ n }, trial) => {
        appendFileSync(folder + "ran", n + "\\n");
        if (trial.attempt > 1 || n === 1) return { n };
        await trial.report({ loss: 1 });
        setTimeout(() => trial.report({ loss: 2 }), 500);
        await sleep(1e6);
      },
    });`);
  const running = execute();
  const storage = await open();
  await until(async () => (await lines("ran")).length > 0);
  await until(async () => (await storage.getTrials("deaf"))[0]?.attempt === 1);
  await storage.setTrialStatus((await storage.getTrialIds("deaf"))[0]!, "interrupted");
  expect(await running).toMatchObject({ executed: 2, completed: 2 });
  expect((await lines("ran")).sort()).toEqual(["0", "0", "1"]);
});
