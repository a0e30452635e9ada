import { expect, test } from "vitest";
import { experimentFolder, type ExperimentFolder } from "../support/experiment-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";
import { onEachServer } from "../support/servers/on-each-server.ts";

/** A sweep that leaves something of every kind, with names and values that backends find hard. */
const source = `
export default defineExperiment({
  name: "sweep.it",
  space: {
    "te/xt": choice(["plain", "naïve 🐧", "", "$set"]),
    rate: logspace(1e-3, 1e-1, 3),
    nested: { top: 1, big: 2 ** 53 - 1, list: [[], {}] },
  },
  objective: { minimize: "loss" },
  run: async (params, trial) => {
    if (params["te/xt"] === "$set" && params.rate > 0.05) throw new Error("no such thing: \\u0000");
    for (let epoch = 0; epoch < 3; epoch++) {
      trial.report({ loss: params.rate / (epoch + 1), "acc.$": epoch }, epoch);
      await trial.saveSnapshot({ epoch, weights: new Float64Array([epoch, NaN, -0, Infinity]) }, "epoch");
    }
    await trial.artifact("notes.txt", "of " + trial.number);
    console.log("trial", trial.number);
    return { loss: params.rate, odd: { NaN: NaN, $top: {},  "x.y": [null, -0, 10n ** 20n], when: new Date(0) } };
  },
});`;

/** What the command line shows of the experiment, without what differs from run to run. */
async function shown({ root, url }: ExperimentFolder): Promise<unknown> {
  const options = { cwd: root, env: { ASSAY_STORAGE: url } };
  const read = async (...args: string[]): Promise<unknown> => await runCliJson(args, options);
  return withoutTimes({
    list: await read("list"),
    status: await read("status", "sweep.it"),
    trials: await read("trials", "sweep.it"),
    some: await read(
      "trials",
      "sweep.it",
      "--where",
      "loss < 0.05 and `te/xt` != 'plain'",
      "--sort",
      "loss",
    ),
    metrics: await read("metrics", "sweep.it"),
    snapshots: await read("snapshots", "sweep.it#0"),
    artifacts: await read("artifacts", "sweep.it#0"),
    best: await read("best", "sweep.it"),
    logs: (await runCli(["logs", "sweep.it#3"], options)).stdout,
  });
}

const differing =
  /^(id|trial|run|worker|createdAt|startedAt|endedAt|durationMs|time|ratePerSecond|etaMs|stack|seed)$/;

function withoutTimes(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (differing.test(key) ? undefined : inner)),
  );
}

async function swept(storage?: string): Promise<ExperimentFolder> {
  const folder = await experimentFolder(source, {}, storage);
  const { code, stderr } = await runCli(["run", "experiment.ts", "--no-progress", "--seed", "1"], {
    cwd: folder.root,
    env: { ASSAY_STORAGE: folder.url },
  });
  const said = stderr.split("\n").filter((line) => !line.startsWith("Warning: "));
  expect({ code, said }).toEqual({ code: 3, said: [""] });
  return folder;
}

onEachServer((freshUrl) => {
  test("what a sweep leaves is shown as SQLite shows it", async () => {
    expect(await shown(await swept(freshUrl()))).toEqual(await shown(await swept()));
  });

  test("a run goes on where the one before was", async () => {
    const { root, url } = await swept(freshUrl());
    const options = { cwd: root, env: { ASSAY_STORAGE: url } };
    const again = await runCli(["run", "experiment.ts", "--json", "--retry-broken"], options);
    expect(JSON.parse(again.stdout)).toMatchObject({ executed: 1, skipped: 11, broken: 1 });
    await runCli(["insert", "sweep.it", "rate=0.5", "te/xt=plain"], options);
    const verified = await runCli(["db", "verify"], options);
    expect(verified).toMatchObject({ code: 0 });
  });

  test("several runs at once complete every trial once", async () => {
    const folder = await experimentFolder(
      `export default defineExperiment({
        name: "shared",
        space: { n: linspace(0, 199, 200) },
        run: async ({ n }) => { appendFileSync(folder + "ran", n + "\\n"); return { n }; },
      });`,
      {},
      freshUrl(),
    );
    const options = { cwd: folder.root, env: { ASSAY_STORAGE: folder.url } };
    const args = ["run", "experiment.ts", "--json", "--executor", "serial", "--max-trials", "150"];
    const runs = await Promise.all(Array.from({ length: 3 }, () => runCli(args, options)));
    const completed = runs.map(
      ({ stdout }) => (JSON.parse(stdout) as { completed: number }).completed,
    );
    expect(completed.reduce((sum, count) => sum + count)).toBe(150);
    expect(new Set(await folder.lines("ran")).size).toBe(150);
    const trials = await runCliJson<TrialJson[]>(
      ["trials", "shared", "--status", "completed"],
      options,
    );
    expect(trials).toHaveLength(150);
  });
});
