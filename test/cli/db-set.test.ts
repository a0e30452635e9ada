import { describe, expect, test } from "vitest";
import { verifyDatabase } from "assay";
import {
  cliBackends,
  cliDatabase,
  storedStates,
  type CliDatabase,
} from "../support/cli-database.ts";
import { hasTerminals, startOnTerminal } from "../support/terminal-cli.ts";

describe.each(cliBackends)("assay db set on $name", (backend) => {
  async function states(): Promise<CliDatabase> {
    const database = await cliDatabase(backend);
    await storedStates(await database.open());
    return database;
  }

  async function statusesIn({ open }: CliDatabase): Promise<string[]> {
    return (await (await open()).getTrials("states")).map(({ status }) => status);
  }

  test("'*' changes the trials that may be, and says how many it left and why", async () => {
    const database = await states();
    const { code, stderr } = await database.run(
      "db",
      "set",
      "states",
      "*",
      "status=broken",
      "--yes",
    );
    expect(code).toBe(0);
    expect(stderr).toBe(
      "Made 3 trials of states broken\nLeft 2 trials as they are:\n  2 completed: completed to broken is not a change that may be made\n",
    );
    expect(await statusesIn(database)).toEqual([
      "completed",
      "completed",
      "broken",
      "broken",
      "broken",
      "broken",
    ]);
    const { problems } = await verifyDatabase(await database.open());
    expect(problems).toEqual([]);
  });

  test("by status, in Oríon's words and by the flag", async () => {
    const database = await states();
    expect(
      await database.json("db", "set", "states", "status=broken", "status=interrupted", "--yes"),
    ).toEqual({ experiment: "states", changed: 1, left: 0, leftByStatus: {}, to: "interrupted" });
    expect(
      await database.json(
        ...["db", "set", "states", "--status", "completed,interrupted", "status=new", "--yes"],
      ),
    ).toMatchObject({ changed: 3, left: 0 });
    expect(await statusesIn(database)).toEqual([
      "new",
      "new",
      "new",
      "suspended",
      "reserved",
      "new",
    ]);
  });

  test("one trial, by number, id and the first digits of it, without a question", async () => {
    const database = await states();
    const storage = await database.open();
    const ids = await storage.getTrialIds("states");
    expect((await database.run("db", "set", "states", "#2", "status=new")).code).toBe(0);
    expect((await database.run("db", "set", "states", `id=${ids[3]}`, "status=new")).code).toBe(0);
    const prefix = ids[5]!.slice(0, 8);
    const completed = await database.run(
      ...["db", "set", "states", prefix, "status=completed", 'results={"loss":0.5}'],
    );
    expect([completed.code, completed.stderr]).toEqual([0, "Made 1 trial of states completed\n"]);
    expect(await statusesIn(database)).toEqual([
      "completed",
      "completed",
      "new",
      "new",
      "reserved",
      "completed",
    ]);
    expect((await storage.getTrial(ids[5]!)).results).toEqual({ loss: 0.5 });
  });

  test("a worker that held a trial is fenced", async () => {
    const database = await states();
    const storage = await database.open();
    const [, , , suspended] = await storage.getTrials("states");
    const [claim] = await storage.claimTrialsById([suspended!.id], "worker");
    await database.run("db", "set", "states", "#3", "status=interrupted");
    const experiment = await storage.getExperiment("states");
    await expect(storage.pushTrialResults(experiment, claim!, { loss: 1 })).rejects.toMatchObject({
      code: "LEASE_LOST",
    });
  });

  test("a dry run counts, and changes nothing", async () => {
    const database = await states();
    const before = await statusesIn(database);
    expect(
      await database.json("db", "set", "states", "*", "status=suspended", "--dry-run"),
    ).toMatchObject({ changed: 3, left: 2, leftByStatus: { completed: 2 } });
    expect(await database.json("db", "set", "states", "#0", "status=broken", "--dry-run")).toEqual({
      experiment: "states",
      changed: 0,
      left: 1,
      leftByStatus: { completed: 1 },
      to: "broken",
    });
    expect(await statusesIn(database)).toEqual(before);
  });

  test.each([
    [["*", "status=new"], 2, "--yes answers it"],
    [["*", "status=shouldnothappen", "--yes"], 2, 'Unknown status "shouldnothappen"'],
    [["*", "status=reserved", "--yes"], 2, "Only a worker makes a trial reserved"],
    [["status=boken", "status=new", "--yes"], 2, 'did you mean "broken"?'],
    [["*", "status=completed", "--yes"], 2, "status=completed needs results"],
    [["*", "status=new", "results={}", "--yes"], 2, "results go with status=completed only"],
    [["#5", "status=completed", "results={loss}"], 2, "results takes JSON"],
    [["#5", "status=completed", 'results={"los":1}'], 1, "loss"],
    [["status=new", "yoopidoo=2", "--yes"], 2, '"yoopidoo=2" changes nothing of a trial'],
    [["foo", "status=new", "--yes"], 2, '"foo" selects no trials'],
    [["a=b=c", "status=new", "--yes"], 2, '"a=b=c" selects no trials'],
    [["*"], 2, "Which trials, and what they become"],
    [["*", "statsu=new", "--yes"], 2, 'did you mean "status"?'],
    [["#0", "status=broken"], 1, "completed to broken is not a change that may be made"],
    [["#99", "status=new"], 1, "99"],
    [["abcdef12", "status=new"], 1, 'No trial "abcdef12"'],
  ])("db set states %j changes nothing and says why", async (args, expected, says) => {
    const database = await states();
    const before = await statusesIn(database);
    const { code, stderr } = await database.run("db", "set", "states", ...args);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(says)]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(await statusesIn(database)).toEqual(before);
  });

  test("an id of another experiment is none of this one's", async () => {
    const database = await states();
    const storage = await database.open();
    await storedStates(storage, { name: "other" });
    const [id] = await storage.getTrialIds("other");
    const { code, stderr } = await database.run("db", "set", "states", id!, "status=new");
    expect([code, stderr]).toEqual([1, `assay: Trial ${id} is other#0, and none of states\n`]);
  });

  test.runIf(hasTerminals)("without --yes it asks", async () => {
    const database = await states();
    const { folder, env } = database;
    for (const [answer, expected] of [
      ["n", 1],
      ["y", 0],
    ] as const) {
      const args = ["db", "set", "states", "status=completed", "status=new"];
      const cli = startOnTerminal(args, { cwd: folder.root, env });
      await cli.shows("Make 2 trials of states new? (y/N)");
      cli.type(`${answer}\r`);
      expect((await cli.ended).code).toBe(expected);
      const left = (await statusesIn(database)).filter((status) => status === "completed");
      expect(left).toHaveLength(answer === "n" ? 2 : 0);
    }
  });
});
