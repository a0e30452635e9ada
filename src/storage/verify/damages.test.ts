import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restColumn } from "../../database/sql/names.ts";
import { contentKey, trialId } from "../../model/identity.ts";
import { furnish } from "../../testing/storage/furnished.ts";
import { encodeValue } from "../../values/encode.ts";
import { openStorage } from "../open-storage.ts";
import { verifyDatabase } from "../verify-database.ts";
import type { Invariant } from "./invariants.ts";
import type { Verification } from "./verification.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "damages-"));
  const storage = await openStorage(join(folder, "whole.db"));
  await furnish(storage);
  await storage.close();
});

afterAll(() => rm(folder, { recursive: true }));

async function verifyDamaged(damage: (raw: Sqlite.Database) => void): Promise<Verification> {
  const path = join(folder, "damaged.db");
  await copyFile(join(folder, "whole.db"), path);
  const raw = new Sqlite(path);
  damage(raw);
  raw.close();
  const storage = await openStorage(path);
  try {
    return await verifyDatabase(storage);
  } finally {
    await storage.close();
    await rm(path);
  }
}

test("a database that nobody damaged has no problem, and all of it was looked at", async () => {
  const { problems, problemCount, remarks, checked } = await verifyDamaged(() => undefined);
  expect({ problems, problemCount, remarks }).toEqual({
    problems: [],
    problemCount: 0,
    remarks: [],
  });
  expect(checked).toMatchObject({
    experiments: 2,
    trials: 11,
    attempts: 2,
    metrics: 2,
    snapshots: 2,
    artifacts: 1,
    blobs: 3,
    runs: 1,
    code: 1,
  });
});

/** What damages it, the number of the trial that has the problem, and the message. */
type Damage = readonly [sql: string, number: number | undefined, message: string | RegExp];

const elsewhere = `{"loss":0.25,"weights":{"$content":{"sha256":"${"a".repeat(64)}","bytes":9}}}`;
const ofGrid = "experiment = 1 AND number";

const damages: Readonly<Record<Exclude<Invariant, "database">, readonly Damage[]>> = {
  "experiment-definition": [
    ["UPDATE experiments SET space = '{' WHERE key = 1", undefined, "The space cannot be read"],
    ["UPDATE experiments SET spaceHash = 'no' WHERE key = 1", undefined, /hash .* not "no"/],
    [
      "UPDATE experiments SET total = NULL WHERE key = 1",
      undefined,
      "The space has a grid of 12 trials, the experiment says no grid",
    ],
    ["UPDATE experiments SET algorithm = '7' WHERE key = 1", undefined, /algorithm cannot be read/],
    ["UPDATE experiments SET metadata = 'x' WHERE key = 1", undefined, /metadata cannot be read/],
    ["UPDATE experiments SET createdAt = 'x' WHERE key = 1", undefined, /time of its creation/],
  ],
  "experiment-cursor": [
    ["UPDATE experiments SET given = 7 WHERE key = 1", undefined, /given out 7 places, but has 8/],
    ["UPDATE experiments SET revision = -1 WHERE key = 1", undefined, /revision is -1/],
    ["UPDATE experiments SET maxTrials = 0 WHERE key = 1", undefined, /maxTrials is 0/],
    [
      "UPDATE experiments SET nextNumber = 11 WHERE key = 1",
      undefined,
      "The next number, 11, lies in its grid of 12 trials",
    ],
  ],
  "trial-numbers": [
    [`DELETE FROM trials WHERE ${ofGrid} = 6`, undefined, "The trial with the number 6 is missing"],
    [
      `DELETE FROM trials WHERE ${ofGrid} >= 6`,
      undefined,
      "All 2 trials with numbers from 6 to 7 are missing",
    ],
    [
      "DELETE FROM trials WHERE experiment = 2 AND number = 1",
      undefined,
      "The trial with the number 1 is missing",
    ],
    [
      "UPDATE experiments SET position = 9 WHERE key = 1",
      undefined,
      "The trial with the number 8 is missing",
    ],
    [
      `UPDATE experiments SET position = 9, algorithm = '{"name":"random"}' WHERE key = 1`,
      undefined,
      "9 trials of the grid were given out, 8 are there",
    ],
    [
      "UPDATE experiments SET nextNumber = 2 WHERE key = 2",
      2,
      "The number 2 was not given out: the next one is 2",
    ],
    [
      "UPDATE experiments SET position = 6 WHERE key = 1; UPDATE trials SET number = NULL WHERE experiment = 1 AND number = 6",
      undefined,
      "1 trial has no number",
    ],
  ],
  "trial-identity": [
    [
      `UPDATE trials SET params = '{"x":3,"fixed":"constant"}' WHERE ${ofGrid} = 6`,
      6,
      /id is not that/,
    ],
    [`UPDATE trials SET occurrence = 1 WHERE ${ofGrid} = 6`, 6, /id is not that/],
    [`UPDATE trials SET occurrence = 0.5 WHERE ${ofGrid} = 6`, 6, /occurrence 0\.5/],
    [`UPDATE trials SET createdAt = 'x' WHERE ${ofGrid} = 6`, 6, /time of its creation/],
  ],
  "trial-params": [
    [`UPDATE trials SET params = '{' WHERE ${ofGrid} = 6`, 6, "The parameters cannot be read"],
  ],
  "trial-seed": [[`UPDATE trials SET seed = seed + 1 WHERE ${ofGrid} = 0`, 0, /not derived/]],
  "trial-status": [
    [`UPDATE trials SET status = 'done' WHERE ${ofGrid} = 6`, 6, 'The status "done" is none'],
    [`UPDATE trials SET endedAt = NULL WHERE ${ofGrid} = 2`, 2, /without the time of its end/],
    [
      `UPDATE trials SET error = '{"cause":"error","message":"x"}' WHERE ${ofGrid} = 0`,
      0,
      "It is completed with an error",
    ],
    [
      `UPDATE trials SET outcome = 'broken' WHERE ${ofGrid} = 0`,
      0,
      'It is completed, but its last attempt was "broken"',
    ],
    [`UPDATE trials SET outcome = 'suspended' WHERE ${ofGrid} = 3`, 3, /pruned, but .*suspended/],
    [`UPDATE trials SET outcome = 'completed' WHERE ${ofGrid} = 4`, 4, /attempt completed/],
    [`UPDATE trials SET outcome = 'won' WHERE ${ofGrid} = 4`, 4, 'The outcome "won" is none'],
    [`UPDATE trials SET outcome = NULL WHERE ${ofGrid} = 4`, 4, /an end without an outcome/],
    [
      `UPDATE trials SET startedAt = 'x' WHERE ${ofGrid} = 5`,
      5,
      'The time of its start, "x", is none',
    ],
    [`UPDATE trials SET endedAt = createdAt WHERE ${ofGrid} = 6`, 6, /attempt that has no start/],
    [`UPDATE trials SET error = '[' WHERE ${ofGrid} = 1`, 1, "The error cannot be read"],
  ],
  "trial-lease": [
    [
      `UPDATE trials SET availableAt = NULL WHERE ${ofGrid} = 5`,
      5,
      "It is reserved without a lease",
    ],
    [`UPDATE trials SET holder = NULL WHERE ${ofGrid} = 5`, 5, "It is reserved without a holder"],
    [`UPDATE trials SET holder = 'h' WHERE ${ofGrid} = 6`, 6, "It is new, but has a holder"],
    [`UPDATE trials SET availableAt = NULL WHERE ${ofGrid} = 6`, 6, /new, but cannot be claimed/],
    [
      `UPDATE trials SET availableAt = 0 WHERE ${ofGrid} = 0`,
      0,
      "It is completed, but can be claimed",
    ],
    [`UPDATE trials SET token = -1 WHERE ${ofGrid} = 0`, 0, /token -1/],
    [`UPDATE trials SET losses = 0.5 WHERE ${ofGrid} = 6`, 6, /lost 0\.5 times/],
  ],
  "trial-results": [
    [
      `UPDATE trials SET results = NULL, objective = NULL WHERE ${ofGrid} = 0`,
      0,
      "It is completed without results",
    ],
    [`UPDATE trials SET results = '{"lo' WHERE ${ofGrid} = 0`, 0, "The results cannot be read"],
    [`UPDATE trials SET results = '{"x":1}' WHERE ${ofGrid} = 0`, 0, /lack a number .* "loss"/],
    [
      `UPDATE trials SET objective = 0.5 WHERE ${ofGrid} = 0`,
      0,
      "The objective is 0.25 in its results, 0.5 beside them",
    ],
    [`UPDATE trials SET objective = 0.5 WHERE ${ofGrid} = 6`, 6, /is "new", but has an objective/],
    [`UPDATE trials SET results = '{}' WHERE ${ofGrid} = 6`, 6, /results of no attempt/],
    [`UPDATE trials SET metrics = '1' WHERE ${ofGrid} = 0`, 0, /last values of its metrics/],
  ],
  "large-results": [
    [
      `UPDATE trials SET results = '${elsewhere}' WHERE ${ofGrid} = 0`,
      0,
      "The results of the trial refer to content that the trial does not have",
    ],
    [
      `UPDATE attempts SET results = '${elsewhere}' WHERE ${ofGrid} = 2`,
      2,
      "The results of attempt 1 refer to content that the trial does not have",
    ],
  ],
  attempts: [
    [`DELETE FROM attempts WHERE ${ofGrid} = 1`, 1, "Attempt 1 is not on record"],
    [
      `UPDATE attempts SET attempt = 2 WHERE ${ofGrid} = 2`,
      2,
      /Attempt 2 is on record, but only 1/,
    ],
    [
      `INSERT INTO attempts (experiment, number, attempt, status, startedAt, endedAt)
       SELECT experiment, number, 1, outcome, startedAt, endedAt FROM trials WHERE ${ofGrid} = 0`,
      0,
      "Attempt 1 is on record twice",
    ],
    [`UPDATE trials SET attempt = 3 WHERE ${ofGrid} = 1`, 1, "Attempt 2 is not on record"],
    [`UPDATE attempts SET status = 'new' WHERE ${ofGrid} = 1`, 1, /ended as "new"/],
    [`UPDATE attempts SET endedAt = NULL WHERE ${ofGrid} = 1`, 1, /no time of its end/],
    [`UPDATE attempts SET startedAt = NULL WHERE ${ofGrid} = 1`, 1, /no time of its start/],
    [`UPDATE attempts SET status = 'completed' WHERE ${ofGrid} = 1`, 1, /without results/],
    [
      `UPDATE attempts SET error = '[]' WHERE ${ofGrid} = 1`,
      1,
      /error of attempt 1 cannot be read/,
    ],
    [
      `UPDATE trials SET resumed = '{"attempt":1,"points":0}' WHERE ${ofGrid} = 0`,
      0,
      "Attempt 1 continues attempt 1, which is no earlier one",
    ],
  ],
  metrics: [
    ["DELETE FROM metrics WHERE chunk = 0", 0, "Chunk 0 of the metrics of attempt 1 is missing"],
    ["UPDATE metrics SET attempt = 2", 0, /Metrics are of attempt 2/],
    ["UPDATE metrics SET count = 2 WHERE chunk = 1", 0, /holds 1 points, and says 2/],
    ["UPDATE metrics SET before = 5 WHERE chunk = 1", 0, /says that 5 points come before, not 1/],
    [`UPDATE metrics SET points = '{"names"' WHERE chunk = 1`, 0, /attempt 1 cannot be read/],
  ],
  output: [
    ["DELETE FROM output WHERE part = 0", 0, "Part 0 of the output of attempt 1 is missing"],
    ["UPDATE output SET attempt = 2", 0, /Output is of attempt 2/],
    [`UPDATE output SET segments = '[{' WHERE part = 1`, 0, /Part 1 of .* cannot be read/],
  ],
  snapshots: [
    ["DELETE FROM snapshots WHERE snapshot = 1", 0, "Snapshot 1 is missing"],
    ["DELETE FROM snapshots WHERE snapshot = 2", 0, "It counts 2 snapshots, the last one is 1"],
    ["UPDATE snapshots SET attempt = 2 WHERE snapshot = 2", 0, /Attempt 2 of snapshot 2/],
    ["UPDATE snapshots SET metrics = '1' WHERE snapshot = 2", 0, /metrics of snapshot 2/],
    ["UPDATE snapshots SET createdAt = NULL WHERE snapshot = 2", 0, /The time of snapshot 2/],
  ],
  artifacts: [["UPDATE artifacts SET attempt = 2", 0, /"model" is of attempt 2, which is none/]],
  content: [
    [
      "UPDATE blobs SET data = x'00' WHERE sha256 = (SELECT sha256 FROM artifacts)",
      0,
      'The stored content of artifact "model" is damaged or incomplete',
    ],
    [
      "DELETE FROM blobs WHERE sha256 = (SELECT sha256 FROM snapshots WHERE snapshot = 1)",
      0,
      "The stored content of snapshot 1 is damaged or incomplete",
    ],
    ["UPDATE artifacts SET bytes = 1", 0, /has 7 bytes, not 1/],
  ],
  runs: [
    ["UPDATE runs SET status = 'gone'", undefined, 'The status of run 1, "gone", is none'],
    ["UPDATE runs SET endedAt = NULL", undefined, /status and the end of run 1 disagree/],
    ["UPDATE runs SET command = ''", undefined, "The command of run 1 cannot be read"],
  ],
  code: [
    [
      `UPDATE code SET bundle = replace(bundle, 'default 1', 'default 2')`,
      undefined,
      /is not the code of this hash/,
    ],
    [
      `UPDATE code SET bundle = '${encodeValue({ gzip: new Uint8Array([31, 139, 8]) })}'`,
      undefined,
      /The bundle .* cannot be read/,
    ],
    ["DELETE FROM code", undefined, /of run 1 is not stored/],
  ],
  "algorithm-lock": [
    ["UPDATE locks SET state = '{'", undefined, "The state cannot be read"],
    ["UPDATE locks SET expiresAt = 5", undefined, "It is held by nobody"],
  ],
  counters: [
    [
      "UPDATE counters SET value = 1 WHERE name = 'experiment'",
      undefined,
      'The counter "experiment" is 1, but 2 is in use',
    ],
    ["DELETE FROM counters WHERE name = 'run'", undefined, /"run" is undefined, but 1 is in use/],
  ],
  owners: [
    [
      "UPDATE runs SET experiment = 9",
      undefined,
      '1 document of "runs" belongs to experiment 9, which is not there',
    ],
    ["UPDATE locks SET experiment = NULL", undefined, /belongs to no experiment/],
    [
      "UPDATE metrics SET number = 70",
      undefined,
      '2 documents of "metrics" belong to trial number 70, which is not there',
    ],
  ],
};

describe.each(Object.entries(damages))("%s", (invariant, cases) => {
  test.each(cases)("%s", async (sql, number, message) => {
    const { problems, problemCount } = await verifyDamaged((raw) => raw.exec(sql));
    const [first] = problems;
    expect(first?.message).toEqual(
      typeof message === "string" ? message : expect.stringMatching(message),
    );
    expect(first?.number).toBe(number);
    expect(new Set(problems.map((problem) => problem.invariant))).toEqual(new Set([invariant]));
    expect(problemCount).toBe(problems.length);
  });
});

test("database: what the backend finds in its own files", async () => {
  const { problems } = await verifyDamaged((raw) => {
    raw.unsafeMode(true);
    raw.pragma("writable_schema = ON");
    // The index is another one from now on, and lacks what the table holds.
    raw.exec(
      `UPDATE sqlite_schema SET sql = replace(sql, 'WHERE "objective"', 'WHERE "seed"')
       WHERE name = 'trials_by_experiment_objective_number'`,
    );
  });
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]).toMatchObject({ invariant: "database", experiment: null });
});

test("database: a document that cannot be read at all", async () => {
  const { problems } = await verifyDamaged((raw) =>
    raw.exec(`UPDATE trials SET ${restColumn} = '{' WHERE experiment = 1 AND number = 6`),
  );
  expect(problems).toMatchObject([
    {
      invariant: "database",
      experiment: "grid",
      message: expect.stringContaining("Cannot read stored value"),
    },
  ]);
});

test("the content of large results is looked at, and they are checked as a whole", async () => {
  await using storage = await openStorage("memory:");
  await furnish(storage);
  const [id = ""] = await storage.getTrialIds("drawn");
  await storage.completeTrial(id, { y: 1, text: "x".repeat(1_500_000) });
  await storage.markTrialIncomplete(id);
  await storage.completeTrial(id, { y: 2, text: "y".repeat(1_500_000) });
  const { problems, remarks, checked } = await verifyDatabase(storage);
  expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
  expect(checked).toMatchObject({ artifacts: 1, blobs: 5 });
  await storage.database.remove("blobs", { chunk: 1 }, { scan: true });
  const problem = { invariant: "content", number: 0 };
  const message = "The stored content of large results is damaged or incomplete";
  expect((await verifyDatabase(storage)).problems).toMatchObject([
    { ...problem, message },
    { ...problem, message },
  ]);
  await storage.database.remove("artifacts", { number: 0 }, { scan: true });
  expect((await verifyDatabase(storage, { experiment: "drawn" })).problems).toMatchObject([
    { invariant: "large-results", number: 0 },
    { invariant: "large-results", number: 0 },
  ]);
});

test.each([
  ["drawn", 1, { rate: 2 }, "The parameters do not lie in the space"],
  ["drawn", 1, { other: 0.1 }, "The parameters do not lie in the space"],
  ["grid", 6, { x: 9, fixed: "constant" }, "The parameters are not those at its place in the grid"],
  [
    "grid",
    6,
    { x: 99, fixed: "constant" },
    "The parameters are not those at its place in the grid",
  ],
])("trial-params: %s, trial %i with %j and their id", async (name, number, params, message) => {
  const storage = await openStorage("memory:");
  await furnish(storage);
  const { id, key } = await storage.getExperiment(name);
  const set = { params: encodeValue(params), id: trialId(id, contentKey(params, 0)) };
  await storage.database.write("trials", { set }, { experiment: key, number });
  const { problems } = await verifyDatabase(storage);
  expect(problems).toMatchObject([{ invariant: "trial-params", number, message }]);
  await storage.close();
});
