import { setTimeout as sleep } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { verifyDatabase } from "assay";
import { experimentFolder, until, type ExperimentFolder } from "../support/experiment-folder.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, startCli } from "../support/run-cli.ts";

/** Trials that complete, break and are interrupted, with all that they may leave. */
const varied = `
export default defineExperiment({
  name: "varied",
  space: { n: choice(Array.from({ length: 60 }, (_, i) => i)), rate: assay.parameter({ default: 0.5 }) },
  objective: { minimize: "loss" },
  run: async ({ n }, trial) => {
    const resumed = await trial.latestSnapshot();
    trial.report({ loss: n }, 0);
    if (n % 7 === 0 && resumed === undefined) await trial.saveSnapshot({ n, big: "x".repeat(2e6) });
    await trial.artifact("note", Buffer.from("note " + n));
    if (n % 5 === 1 && !existsSync(folder + "calm")) throw new Error("broken " + n);
    appendFileSync(folder + "ran", n + "\\n");
    if (n > 20 && !existsSync(folder + "calm")) await sleep(50);
    return { loss: n };
  },
});`;

async function problemsOf(folder: ExperimentFolder): Promise<unknown> {
  const storage = await folder.open();
  return (await verifyDatabase(storage)).problems;
}

describe("after runs of every kind", () => {
  test("nothing is wrong", async () => {
    const folder = await experimentFolder(varied);
    for (const signal of ["SIGKILL", "SIGINT", "SIGKILL"] as const) {
      const before = (await folder.lines("ran")).length;
      const { child, ended } = startCli(["run", "experiment.ts"], { cwd: folder.root });
      await until(async () => (await folder.lines("ran")).length >= before + 6);
      child.kill(signal);
      await ended;
      expect(await problemsOf(folder)).toEqual([]);
    }
    await folder.write("calm", "");
    await folder.execute();
    expect(await problemsOf(folder)).toEqual([]);
    await folder.execute({ retryBroken: true });
    await folder.execute({ narrow: ["rate=0.75", "n=3"] });
    expect(await problemsOf(folder)).toEqual([]);

    const cwd = folder.root;
    await runCliJson(["insert", "varied", "n=4", "rate=0.1", "--results", '{"loss":1}'], { cwd });
    const storage = await folder.open();
    const [first] = await storage.getTrials("varied");
    await storage.markTrialIncomplete(first!.id);
    await storage.deleteTrials("varied", { number: { $lt: 3 } });
    expect(await problemsOf(folder)).toEqual([]);
    await folder.execute();
    expect(await problemsOf(folder)).toEqual([]);
    await folder.execute({ overwrite: true });
    const { problems, remarks, checked } = await verifyDatabase(storage);
    expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
    expect(checked).toMatchObject({ experiments: 1, trials: 60, artifacts: 60, runs: 1 });
  });

  test("a space that is drawn from, narrowed and run again has a trial for every number", async () => {
    const folder = await experimentFolder(`
export default defineExperiment({
  name: "drawn",
  space: { k: integer(0, 5), lr: uniform(0, 1) },
  run: ({ k, lr }) => ({ sum: k + lr }),
});`);
    await folder.execute({ maxTrials: 5 });
    await folder.execute({ maxTrials: 12, narrow: ["lr=0.5"] });
    await folder.execute({ maxTrials: 20, algorithm: "random" });
    expect(await problemsOf(folder)).toEqual([]);
  });
});

describe("assay db verify", () => {
  /** A folder with a database in which an experiment was run, and which was damaged then. */
  async function ranSweep(damage?: string): Promise<string> {
    const { root, path } = await projectFolder({});
    await runCli(["init", "sweep.ts"], { cwd: root });
    await runCli(["run", "sweep.ts"], { cwd: root });
    if (damage !== undefined) {
      const raw = new Sqlite(path("assay.db"));
      raw.exec(damage);
      raw.close();
    }
    return root;
  }

  test("says what it looked at, and that nothing is wrong", async () => {
    const cwd = await ranSweep();
    const { code, stdout, stderr } = await runCli(["db", "verify"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Checked 1 experiment, \d+ trials, .*: nothing is wrong\n$/);
    expect(await runCli(["db", "verify", "sweep", "--quiet"], { cwd })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("names what is wrong in a line each, and ends with 1", async () => {
    const cwd = await ranSweep("UPDATE trials SET seed = seed + 1 WHERE number = 2");
    const { code, stdout } = await runCli(["db", "verify"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^trial-seed {2}sweep#2 {2}The seed \d+ is not derived from the experiment's\nChecked .*: 1 problem found\n$/,
    );
    const json = await runCli(["db", "verify", "sweep", "--json"], { cwd });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      checked: { experiments: 1 },
      problems: [{ invariant: "trial-seed", experiment: "sweep", number: 2 }],
      problemCount: 1,
      remarks: [],
    });
  });

  test("--repair names each repair, then what could not be", async () => {
    const cwd = await ranSweep(
      `DELETE FROM counters WHERE name = 'run';
       UPDATE experiments SET given = 1;
       UPDATE trials SET seed = seed + 1 WHERE number = 2;
       UPDATE trials SET availableAt = 0 WHERE number = 3`,
    );
    const { code, stdout, stderr } = await runCli(["db", "verify", "--repair"], { cwd });
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^repaired +1 counter was raised to the numbers in use$/),
      expect.stringMatching(/^repaired {2}sweep {2}given was 1 and is \d+$/),
      expect.stringMatching(/^repaired {2}sweep {2}1 trial can be claimed again, or no more/),
      'repaired  sweep  The view "sweep" was made anew',
      expect.stringMatching(/^trial-seed {2}sweep#2 /),
      expect.stringMatching(/^Checked .*: 1 problem found$/),
    ]);
    expect(stderr).toBe("What is still wrong cannot be repaired: restore it from a copy\n");
    const again = await runCli(["db", "verify", "sweep", "--repair", "--json"], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({
      repairs: [{ kind: "views", experiment: "sweep", count: 1 }],
      problemCount: 1,
    });
  });

  test("repairs while trials run, and takes nothing from them", async () => {
    const folder = await experimentFolder(varied);
    await folder.write("calm", "");
    const { child, ended } = startCli(["run", "experiment.ts"], { cwd: folder.root });
    await until(async () => (await folder.lines("ran")).length > 3);
    const storage = await folder.open();
    do {
      const { repairs, problems } = await verifyDatabase(storage, { repair: true });
      expect(repairs.filter(({ kind }) => kind !== "views")).toEqual([]);
      expect(problems).toEqual([]);
      await sleep(50);
    } while (child.exitCode === null);
    expect((await ended).code).toBe(0);
    expect(await storage.countCompletedTrials("varied")).toBe(60);
  });

  test("shows the first problems of many, and says how many more there are", async () => {
    const cwd = await ranSweep(
      `UPDATE metrics SET count = count + 1;
       UPDATE trials SET losses = -1, holder = 'x', token = -1, metrics = '{', seed = 0,
         createdAt = 'x', startedAt = 'x', endedAt = 'x'`,
    );
    const { code, stdout } = await runCli(["db", "verify"], { cwd });
    const lines = stdout.trimEnd().split("\n");
    expect(code).toBe(1);
    expect(lines).toHaveLength(52);
    expect(lines[50]).toMatch(/^… and \d+ more$/);
  });

  test("an experiment that is not there is told with the nearest name", async () => {
    const cwd = await ranSweep();
    const { code, stderr } = await runCli(["db", "verify", "sweeb"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^assay: No experiment "sweeb" in .*; did you mean "sweep"\?\n$/);
  });

  test("without a database there is nothing to verify, and none is made", async () => {
    const { root } = await projectFolder({});
    const { code, stderr } = await runCli(["db", "verify"], { cwd: root });
    expect([code, stderr]).toEqual([1, expect.stringContaining("There is no database")]);
  });
});
