import { describe, expect, test } from "vitest";
import { verifyDatabase } from "assay";
import {
  cliBackends,
  cliDatabase,
  storedStates,
  type CliDatabase,
} from "../support/cli-database.ts";
import { experimentFolder, until } from "../support/experiment-folder.ts";
import { runCli, startCli } from "../support/run-cli.ts";
import { killedAt } from "../support/fault/kill-points.ts";
import { expectMoved, expectVerified, movableStorage } from "../support/movable-storage.ts";
import { hasTerminals, startOnTerminal } from "../support/terminal-cli.ts";

describe.each(cliBackends)("assay db rm on $name", (backend) => {
  async function twoVersions(): Promise<CliDatabase> {
    const database = await cliDatabase(backend);
    const storage = await database.open();
    await storedStates(storage);
    await storedStates(storage, { version: 2 });
    await storedStates(storage, { name: "other" });
    return database;
  }

  test("a name deletes all its versions, and tells what went", async () => {
    const { run, json, open } = await twoVersions();
    const { code, stderr } = await run("db", "rm", "states", "--force");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^states\n├─ states@1 {2}6 trials: 1 new, 1 reserved, 1 suspended, 2 completed, 1 broken · 0 runs · created .*\n└─ states@2 {2}6 trials: .*\nDeleted 2 experiments with 12 trials\n$/,
    );
    expect(await json("list")).toMatchObject([{ name: "other" }]);
    const storage = await open();
    const { problems, remarks } = await verifyDatabase(storage);
    expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
    expect(await storage.database.count("trials", {}, { scan: true })).toBe(6);
  });

  test("name@version deletes that version", async () => {
    const { json } = await twoVersions();
    expect(await json("db", "rm", "states@1", "--yes")).toEqual({
      deletedExperiments: 1,
      deletedTrials: 6,
      experiments: [{ name: "states", version: 1, deleted: true, trials: 6 }],
    });
    expect(await json("list")).toMatchObject([{ version: 2 }, { name: "other" }]);
  });

  test("--status deletes only trials in these states, of all versions", async () => {
    const { run, json, open } = await twoVersions();
    const { code, stderr } = await run(
      ...["db", "rm", "states", "--status", "broken,completed", "--force"],
    );
    expect(code).toBe(0);
    expect(stderr).toContain("states@2  2 completed, 1 broken of 6 trials");
    expect(stderr).toContain("Deleted 6 trials\n");
    const storage = await open();
    expect((await storage.getTrials("states")).map(({ number }) => number)).toEqual([3, 4, 5]);
    expect((await storage.getTrials("states@1")).map(({ number }) => number)).toEqual([3, 4, 5]);
    expect(await storage.countTrials("other")).toBe(6);
    expect(await json("db", "rm", "states", "--status", "pruned", "--force")).toMatchObject({
      deletedTrials: 0,
    });
    expect((await verifyDatabase(storage)).problems).toEqual([]);
  });

  test("a dry run shows the same, and deletes nothing", async () => {
    const { run, json, open } = await twoVersions();
    const { code, stderr } = await run("db", "rm", "states@2", "--dry-run");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^states@2 {2}6 trials: .*\n$/)]);
    expect(await json("db", "rm", "states@2", "--status", "new", "--dry-run")).toMatchObject({
      dryRun: true,
      experiments: [{ name: "states", version: 2, stored: 6, trials: { new: 1 } }],
    });
    expect(await (await open()).countTrials("states")).toBe(6);
  });

  test.each([
    [["states"], 2, "--force answers it"],
    [["states", "--status", "boken", "--force"], 2, 'did you mean "broken"?'],
    [["stats", "--force"], 1, 'No experiment "stats"'],
    [["states@7", "--force"], 1, 'No experiment "states@7"'],
    [[], 2, "EXPERIMENT is missing"],
  ])("db rm %j deletes nothing and says why", async (args, expected, says) => {
    const { run, open } = await twoVersions();
    const { code, stderr } = await run("db", "rm", ...args);
    expect([code, stderr.trimEnd().split("\n").at(-1)]).toEqual([
      expected,
      expect.stringContaining(says),
    ]);
    expect(await (await open()).database.count("trials", {}, { scan: true })).toBe(18);
  });

  test("with --json a question that nobody can answer is all that is on standard error", async () => {
    const { run } = await twoVersions();
    const { code, stdout, stderr } = await run("db", "rm", "states", "--json");
    expect([code, stdout]).toEqual([2, ""]);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "USAGE" } });
  });

  describe.runIf(hasTerminals)("on a terminal", () => {
    test.each([
      ["states", 0, "Deleted 2 experiments with 12 trials", 6],
      ["oops", 1, "That is another name; nothing was deleted", 18],
      ["\u0003", 130, "nothing was changed", 18],
    ])("after typing %j", async (typed, expected, says, left) => {
      const { folder, env, open } = await twoVersions();
      const cli = startOnTerminal(["db", "rm", "states"], { cwd: folder.root, env });
      await cli.shows("2 trials of them may be running");
      await cli.shows("type again the name of the experiment:");
      cli.type(typed === "\u0003" ? typed : `${typed}\r`);
      const { code, screen } = await cli.ended;
      expect([code, screen]).toEqual([expected, expect.stringContaining(says)]);
      expect(await (await open()).database.count("trials", {}, { scan: true })).toBe(left);
    });
  });
});

test("a run in progress is fenced: its trials are gone, and what it writes is refused", async () => {
  const folder = await experimentFolder(`
export default defineExperiment({
  name: "held",
  space: { n: choice([0, 1, 2, 3]) },
  run: async ({ n }, trial) => {
    appendFileSync(folder + "began", n + "\\n");
    while (!existsSync(folder + "go")) await sleep(20);
    trial.report({ n }, 0);
    await trial.artifact("note", Buffer.from("note"));
    return { n };
  },
});`);
  const { ended } = startCli(["run", "experiment.ts", "--workers", "2"], { cwd: folder.root });
  await until(async () => (await folder.lines("began")).length >= 2);
  const removed = await runCli(["db", "rm", "held", "--force"], { cwd: folder.root });
  expect([removed.code, removed.stderr]).toEqual([0, expect.stringMatching(/with \d trials/)]);
  await folder.write("go", "");
  await ended;
  const storage = await folder.open();
  const { problems, checked } = await verifyDatabase(storage);
  expect({ problems, trials: checked.trials }).toEqual({ problems: [], trials: 0 });
  for (const collection of ["trials", "metrics", "artifacts", "blobs", "output"]) {
    expect([collection, await storage.database.count(collection, {}, { scan: true })]).toEqual([
      collection,
      0,
    ]);
  }
});

test("--unfinished deletes what a copy left that was killed, and nothing else", async () => {
  const { url, folder, run, json } = await movableStorage(40);
  const target = folder.path("target.db");
  await json(["db", "copy", url, target, "other"]);
  const killed = await run(["db", "copy", url, target], killedAt("after 7"));
  expect(killed.code).toBe(null);
  const there = ["--storage", target];
  const args = ["db", "rm", "--unfinished", ...there];
  const unfinished = [{ experiment: "sweep", documents: expect.any(Number) }];
  expect(await json([...args, "--dry-run"])).toEqual({ dryRun: true, unfinished });
  const refused = await run(args);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/^sweep {2}\d+ documents? came of it\nassay: .*--force answers it\n$/),
  ]);
  const slip = await run([...args, "sweeb"]);
  expect([slip.code, slip.stderr]).toEqual([1, expect.stringContaining('did you mean "sweep"?')]);
  expect((await run([...args, "--status", "new"])).code).toBe(2);
  expect((await run(["db", "verify", ...there])).stderr).toMatch(/"assay db rm --unfinished"/);

  expect(await json([...args, "--force"])).toEqual({ unfinished });
  await expectVerified(target, ["other@1"]);
  expect(await run(args)).toMatchObject({ code: 0, stderr: "No transfer is unfinished\n" });
  expect((await run(["db", "copy", url, target])).code).toBe(0);
  await expectMoved(url, target);
});
