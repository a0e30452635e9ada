import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { interposedDatabase } from "../../../test/support/interposed.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oneByOne } from "../../../test/support/one-by-one.ts";
import { processIdentity } from "../../util/boot.ts";
import { reserved, storedGrid, suggestionsOf } from "../../testing/storage/fixtures.ts";
import { furnish } from "../../testing/storage/furnished.ts";
import { openStorage } from "../open-storage.ts";
import type { Storage } from "../storage.ts";
import { verifyDatabase } from "../verify-database.ts";
import type { Repair } from "../verify/verification.ts";
import { freeUnusedContent } from "./free-content.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "repair-"));
  const storage = await openStorage(join(folder, "whole.db"));
  await furnish(storage);
  await storage.close();
});

afterAll(() => rm(folder, { recursive: true }));

/** Damages a copy of the database, repairs it twice, and passes it on. */
async function repaired(
  sql: string,
  look: (seen: {
    readonly repairs: readonly Repair[];
    readonly problems: readonly unknown[];
    readonly storage: Storage;
  }) => Promise<void> | void,
): Promise<void> {
  const path = join(folder, "damaged.db");
  await copyFile(join(folder, "whole.db"), path);
  const raw = new Sqlite(path);
  raw.exec(sql);
  raw.close();
  const storage = await openStorage(path);
  try {
    const { repairs, problems } = await verifyDatabase(storage, { repair: true });
    const again = await verifyDatabase(storage, { repair: true });
    expect(again.repairs.filter(({ kind }) => kind !== "views")).toEqual([]);
    await look({ repairs, problems, storage });
  } finally {
    await storage.close();
    await rm(path);
  }
}

const ofGrid = "experiment = 1 AND number";

describe("what can be repaired is, and nothing is wrong then", () => {
  test.each<readonly [sql: string, kind: Repair["kind"], message: string | RegExp]>([
    [
      "UPDATE counters SET value = 1 WHERE name = 'experiment'",
      "counters",
      "1 counter was raised to the numbers in use",
    ],
    ["DELETE FROM counters", "counters", "2 counters were raised to the numbers in use"],
    ["UPDATE experiments SET given = 7 WHERE key = 1", "experiment-cursor", "given was 7 and is 8"],
    [
      "UPDATE experiments SET nextNumber = 11 WHERE key = 1",
      "experiment-cursor",
      "nextNumber was 11 and is 12",
    ],
    [
      "UPDATE experiments SET nextNumber = 1 WHERE key = 2",
      "experiment-cursor",
      "nextNumber was 1 and is 3",
    ],
    [
      "UPDATE experiments SET position = 99 WHERE key = 1",
      "experiment-cursor",
      "position was 99 and is 0",
    ],
    [
      `DELETE FROM trials WHERE ${ofGrid} >= 6`,
      "experiment-cursor",
      "2 trials of its grid were lost; the next run registers them anew",
    ],
    [
      `UPDATE trials SET availableAt = NULL WHERE ${ofGrid} IN (6, 7)`,
      "trial-lease",
      "2 trials can be claimed again, or no more, as their status demands",
    ],
    [
      `UPDATE trials SET availableAt = 0 WHERE ${ofGrid} = 0`,
      "trial-lease",
      "1 trial can be claimed again, or no more, as its status demands",
    ],
    [
      `UPDATE trials SET holder = NULL WHERE ${ofGrid} = 5`,
      "trial-lease",
      "1 trial can be claimed again, or no more, as its status demands",
    ],
    [
      `UPDATE trials SET availableAt = 1 WHERE ${ofGrid} = 5`,
      "lost-reservations",
      "1 trial that a lost worker held was interrupted",
    ],
    ["UPDATE locks SET state = '{'", "algorithm-lock", /Its state could not be read/],
    ["UPDATE locks SET expiresAt = 5", "algorithm-lock", "It was held by nobody and is free"],
    [
      `UPDATE experiments SET deletedName = name, deletedAt = 'now', name = NULL WHERE key = 2`,
      "deleted",
      "4 documents that its deletion left were swept",
    ],
    [
      // The last experiment, deleted and swept; then a worker that was cut off wrote.
      `DELETE FROM trials WHERE experiment = 2; DELETE FROM experiments WHERE key = 2;
       INSERT INTO output (experiment, number, attempt, part, segments) VALUES (2, 0, 1, 0, '[]')`,
      "owners",
      "1 document that was written under a deleted experiment was removed",
    ],
    [
      "UPDATE runs SET experiment = 9",
      "owners",
      "1 document that was written under a deleted experiment was removed",
    ],
    [
      `UPDATE experiments SET tokenBase = 4294967296 WHERE key = 1;
       INSERT INTO output (experiment, number, attempt, part, segments) VALUES (1, 9, 1, 0, '[]')`,
      "owners",
      "1 document that belonged to a deleted trial was removed",
    ],
    ["DELETE FROM artifacts", "unused-content", "1 content that nothing refers to was freed"],
  ])("%s", async (sql, kind, message) => {
    await repaired(sql, ({ repairs, problems }) => {
      expect(repairs).toMatchObject([
        {
          kind,
          message: typeof message === "string" ? message : expect.stringMatching(message),
        },
      ]);
      expect(problems).toEqual([]);
    });
  });

  test("a grid whose trials were lost is registered whole again, under tokens that were never used", async () => {
    await repaired(`DELETE FROM trials WHERE ${ofGrid} = 6`, async ({ storage }) => {
      const grid = await storage.getExperiment("grid");
      const cursor = await storage.readCursor(grid);
      expect(cursor.position).toBe(0);
      await storage.registerTrials(grid, cursor, suggestionsOf(grid, 0, 8));
      const [document] = await storage.database.read("trials", { experiment: 1, number: 6 });
      expect(document).toMatchObject({ status: "new", token: 2 ** 32 });
      expect((await verifyDatabase(storage)).problems).toEqual([]);
    });
  });

  test("a database without damage needs no repair", async () => {
    await repaired("", ({ repairs, problems }) => {
      expect({ repairs, problems }).toEqual({ repairs: [], problems: [] });
    });
  });
});

describe("what cannot be repaired stays as it is, and is told", () => {
  test.each([
    ["DELETE FROM trials WHERE experiment = 2 AND number = 1", "trial-numbers"],
    [`DELETE FROM attempts WHERE ${ofGrid} = 1`, "attempts"],
    ["UPDATE metrics SET number = 70", "owners"],
    ["DELETE FROM experiments WHERE key = 2", "owners"],
    ["UPDATE blobs SET data = x'00' WHERE sha256 = (SELECT sha256 FROM artifacts)", "content"],
    [`UPDATE trials SET results = NULL WHERE ${ofGrid} = 0`, "trial-results"],
    [`UPDATE trials SET token = -1 WHERE ${ofGrid} = 6`, "trial-lease"],
    ["UPDATE experiments SET space = '{' WHERE key = 2", "experiment-definition"],
  ])("%s", async (sql, invariant) => {
    await repaired(sql, ({ repairs, problems }) => {
      expect(repairs).toEqual([]);
      expect(problems).toMatchObject([{ invariant }]);
    });
  });
});

test("a trial that is held by a live process is left to it", async () => {
  const storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  await reserved(storage, experiment, processIdentity());
  const { repairs } = await verifyDatabase(storage, { repair: true });
  expect(repairs).toEqual([]);
  expect(await storage.countTrials(experiment, "reserved")).toBe(1);
  await storage.close();
});

test("one experiment is repaired alone", async () => {
  const storage = await openStorage("memory:");
  const one = await storedGrid(storage, 3);
  const other = await storedGrid(storage, 3, { name: "other" });
  for (const { key } of [one, other]) {
    await storage.database.write("experiments", { set: { given: 0 } }, { key });
  }
  const { repairs } = await verifyDatabase(storage, { repair: true, experiment: "other" });
  expect(repairs).toMatchObject([{ kind: "experiment-cursor", experiment: "other" }]);
  expect((await verifyDatabase(storage)).problems).toMatchObject([{ experiment: "grid" }]);
  await storage.close();
});

describe("unused content", () => {
  /** Content without a count of who has it, as it was stored once, and nobody who has it. */
  async function withUnused(
    storage: Storage,
  ): Promise<{ key: number; id: string; sha256: string }> {
    const { key } = await storedGrid(storage, 2);
    const [id = ""] = await storage.getTrialIds("grid");
    await storage.saveArtifact(id, "a", Buffer.from("content"));
    const [artifact] = await storage.database.read("artifacts", { experiment: key });
    const sha256 = String(artifact?.["sha256"]);
    await storage.database.remove("artifacts", { experiment: key });
    await storage.database.remove("blobs", { experiment: key, sha256, chunk: -1 });
    return { key, id, sha256 };
  }

  test("is freed with its count", async () => {
    const storage = await openStorage("memory:");
    const { key } = await withUnused(storage);
    expect(await freeUnusedContent(storage.database, key)).toBe(1);
    expect(await storage.database.count("blobs", { experiment: key })).toBe(0);
    await storage.close();
  });

  test("that somebody stores again while it is freed is kept whole", async () => {
    for (let moment = 0; moment < 14; moment += 1) {
      const storage = await openStorage("memory:");
      const { key, id } = await withUnused(storage);
      let calls = 0;
      const database = interposedDatabase(storage.database, async () => {
        if (calls++ === moment) await storage.saveArtifact(id, "b", Buffer.from("content"));
      });
      await freeUnusedContent(database, key);
      if (calls > moment) {
        expect((await storage.readArtifact(id, "b")).toString(), String(moment)).toBe("content");
        expect((await verifyDatabase(storage)).problems).toEqual([]);
      }
      await storage.close();
    }
  });

  test("is left where a batch is not one step", async () => {
    const storage = await openStorage("memory:");
    const { key } = await withUnused(storage);
    expect(await freeUnusedContent(oneByOne(storage.database), key)).toBe(0);
    expect(await storage.database.count("blobs", { experiment: key })).toBe(1);
    await storage.close();
  });
});
