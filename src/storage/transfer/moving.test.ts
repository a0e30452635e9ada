import { readdir } from "node:fs/promises";
import { interposedStorage } from "../../../test/support/interposed.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { oneByOne } from "../../../test/support/one-by-one.ts";
import { projectFolder } from "../../../test/support/project-folder.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import { contentsOf } from "../../testing/storage/contents-of.ts";
import { gridSpec, reserved, results, storedGrid } from "../../testing/storage/fixtures.ts";
import { furnish } from "../../testing/storage/furnished.ts";
import { openStorage } from "../open-storage.ts";
import { createStorage, type Storage } from "../storage.ts";
import { copyDatabase, exportDatabase, importDatabase } from "../transfer-database.ts";
import { verifyDatabase } from "../verify-database.ts";
import { removeUnfinished, unfinishedTransfers } from "./unfinished.ts";

async function opened(url = "memory:"): Promise<Storage> {
  const storage = await openStorage(url);
  onTestFinished(() => storage.close());
  return storage;
}

test("who held a trial of a deleted experiment writes nothing to the one that was imported", async () => {
  const { path } = await projectFolder({});
  const storage = await opened();
  const grid = await storedGrid(storage, 2);
  await exportDatabase(storage, path("grid.jsonl"));
  const old = await reserved(storage, grid);
  await storage.deleteExperiment("grid");
  await importDatabase(storage, path("grid.jsonl"));
  const imported = await storage.getExperiment("grid");
  const current = await reserved(storage, imported);
  await expect(storage.pushTrialResults(imported, old, results)).rejects.toMatchObject({
    code: "LEASE_LOST",
  });
  const snapshot = storage.saveSnapshot(old.id, "late", undefined, { lease: old });
  await expect(snapshot).rejects.toMatchObject({
    code: expect.stringMatching(/LEASE_LOST|NOT_FOUND/),
  });
  expect(await storage.renewLeases([old])).toEqual([false]);
  await storage.pushTrialResults(imported, current, results);
  await expectVerified(storage);
});

/** A storage as one without atomic batches. */
async function split(): Promise<Storage> {
  const { database, leaseMs } = await opened();
  return createStorage({ database: oneByOne(database), leaseMs, wallClock: () => new Date() });
}

/** A storage with trials in every state and all that they may have, none of which is running. */
async function furnished(): Promise<Storage> {
  const storage = await opened();
  await furnish(storage);
  const [running] = await storage.fetchTrialsByStatus("grid", "reserved");
  await storage.setTrialStatus(running!.id, "interrupted");
  return storage;
}

function large(loss: number): Readonly<Record<string, unknown>> {
  return { loss, text: `${String(loss)} large `.repeat(150_000) };
}

async function expectVerified(storage: Storage): Promise<void> {
  const { problems, remarks } = await verifyDatabase(storage);
  expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
}

async function expectSame(from: Storage, to: Storage): Promise<void> {
  for (const name of ["grid", "drawn"]) {
    expect(await contentsOf(to, name)).toEqual(await contentsOf(from, name));
  }
  await expectVerified(to);
}

const ways: Readonly<
  Record<string, (from: Storage, to: Storage, path: (name: string) => string) => Promise<unknown>>
> = {
  copy: (from, to) => copyDatabase(from, to),
  ...Object.fromEntries(
    ["archive.jsonl", "archive.jsonl.gz", "archive.db"].map((name) => [
      `export and import of ${name}`,
      async (from: Storage, to: Storage, path: (name: string) => string) => {
        await exportDatabase(from, path(name));
        await importDatabase(to, path(name));
      },
    ]),
  ),
};

describe.each(Object.entries(ways))("%s", (_, move) => {
  test.each([
    ["a storage with transactions", opened],
    ["a storage without", split],
  ])("keeps everything, into %s", async (_name, open) => {
    const { path } = await projectFolder({});
    const [from, to] = [await furnished(), await open()];
    await move(from, to, path);
    await expectSame(from, to);
  });

  test.each([
    ["a storage with transactions", opened],
    ["a storage without", split],
  ])("keeps large results and those of earlier attempts, into %s", async (_name, open) => {
    const { path } = await projectFolder({});
    const [from, to] = [await opened(), await open()];
    await storedGrid(from, 3);
    const ids = await from.getTrialIds("grid");
    for (const loss of [1, 2]) {
      await from.updateTrials("grid", { status: "completed", results: large(loss) });
      if (loss === 1) await from.updateTrials("grid", { status: "new" });
    }
    await from.deleteTrials("grid", { number: 2 });
    await move(from, to, path);
    expect(await contentsOf(to, "grid")).toEqual(await contentsOf(from, "grid"));
    const attempts = await to.getAttempts(ids[0]!);
    expect(attempts).toMatchObject([{ results: large(1) }]);
    expect(await to.getTrial(ids[1]!)).toMatchObject({ results: large(2) });
    await expectVerified(to);
    await to.deleteTrials("grid", { number: 0 });
    expect(await to.getTrial(ids[1]!)).toMatchObject({ results: large(2) });
  });

  test("makes a reservation interrupted, and uses none of its tokens again", async () => {
    const { path } = await projectFolder({});
    const [from, to] = [await opened(), await opened()];
    const experiment = await storedGrid(from, 2);
    const held = await reserved(from, experiment);
    await move(from, to, path);
    const trial = await to.getTrial(held.id);
    expect(trial).toMatchObject({ status: "interrupted", attempt: 1 });
    expect(await to.getAttempts(held.id)).toMatchObject([{ attempt: 1, status: "interrupted" }]);
    await expectVerified(to);
    const [claim] = await to.claimTrialsById([held.id], "other");
    expect(claim?.token).toBeGreaterThan(held.token);
    await expect(to.pushTrialResults(experiment, held, results)).rejects.toThrow(
      expect.objectContaining({ code: "LEASE_LOST" }),
    );
  });
});

describe("copy", () => {
  test("leaves alone what is there already, and refuses another experiment of the name", async () => {
    const [from, to] = [await furnished(), await opened()];
    await copyDatabase(from, to, { names: ["drawn"] });
    const { experiments } = await copyDatabase(from, to);
    expect(experiments.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["grid", "moved"],
      ["drawn", "present"],
    ]);
    const other = await opened();
    await other.createExperiment(gridSpec(2));
    await expect(copyDatabase(from, other)).rejects.toThrow(/^"grid" exists already in memory:; /);
    expect(await other.getExperiments()).toHaveLength(1);
  });

  test("refuses to copy a storage to itself", async () => {
    const { path } = await projectFolder({});
    const storage = await opened(path("a.db"));
    await expect(copyDatabase(storage, storage)).rejects.toThrow("are the same storage");
    await expect(copyDatabase(storage, await opened(path("a.db")))).rejects.toThrow(
      "are the same storage",
    );
  });

  test("goes on where it was cut off, with what changed meanwhile", async () => {
    const from = await furnished();
    for (let writes = 1; ; writes += 1) {
      const to = await opened();
      const isCutOff = await cutOffAfter(to, writes, (storage) => copyDatabase(from, storage));
      expect((await verifyDatabase(to)).problems).toEqual([]);
      await copyDatabase(from, to);
      await expectSame(from, to);
      if (!isCutOff) break;
    }
  });

  test("goes on with trials that moved on, came or went since it was cut off", async () => {
    for (const writes of [3, 4, 5, 6]) {
      const [from, to] = [await furnished(), await opened()];
      await cutOffAfter(to, writes, (storage) => copyDatabase(from, storage));
      const ids = await from.getTrialIds("grid");
      await from.completeTrial(ids[6]!, results);
      await from.markTrialIncomplete(ids[0]!);
      await from.deleteTrials("grid", { number: { $in: [1, 3] } });
      await from.registerTrial("drawn", { rate: 0.9 });
      await copyDatabase(from, to);
      await expectSame(from, to);
    }
  });
});

test("a signal ends a transfer on its way: nothing is left of a file, and a copy goes on later", async () => {
  const { root, path } = await projectFolder({});
  const from = await furnished();
  const [to, stop] = [await opened(), new AbortController()];
  const reason = new Error("enough");
  const options = { signal: stop.signal, onProgress: () => stop.abort(reason) };
  for (const name of ["part.jsonl", "part.jsonl.gz", "part.db"]) {
    await expect(exportDatabase(from, path(name), options)).rejects.toBe(reason);
  }
  expect(await readdir(root)).toEqual([]);
  await expect(copyDatabase(from, to, options)).rejects.toBe(reason);
  expect(await to.getExperiments()).toEqual([]);
  await copyDatabase(from, to);
  await expectSame(from, to);
});

describe.each([
  ["a storage with transactions", opened],
  ["a storage without", split],
])("what came into %s and was cut off", (_name, open) => {
  test("is listed, and can be removed", async () => {
    const [from, to] = [await furnished(), await open()];
    expect(await cutOffAfter(to, 5, (storage) => copyDatabase(from, storage))).toBe(true);
    const [unfinished, ...others] = await unfinishedTransfers(to);
    expect([unfinished, others]).toEqual([
      { key: expect.any(Number), experiment: "grid", documents: expect.any(Number) },
      [],
    ]);
    expect(await removeUnfinished(to, unfinished!)).toBe(true);
    expect(await removeUnfinished(to, unfinished!)).toBe(false);
    await expectVerified(to);
    await copyDatabase(from, to);
    expect(await unfinishedTransfers(to)).toEqual([]);
    await expectSame(from, to);
  });

  test("can be removed while it arrives: the transfer ends, and nothing of it is left", async () => {
    const from = await furnished();
    let conflicts = 0;
    for (let write = 1; ; write += 1) {
      const to = await open();
      const removals: boolean[] = [];
      const meddled = beforeWrite(to, write, async () => {
        for (const one of await unfinishedTransfers(to)) {
          removals.push(await removeUnfinished(to, one));
        }
      });
      const outcome = await copyDatabase(from, meddled.storage, { names: ["grid"] }).then(
        () => "copied",
        (error: unknown) => (isAssayError(error) ? error.code : error),
      );
      const wasRemoved = removals.includes(true);
      expect(outcome).toBe(wasRemoved ? "CONFLICT" : "copied");
      if (wasRemoved) conflicts += 1;
      await expectVerified(to);
      await copyDatabase(from, to);
      await expectSame(from, to);
      if (!meddled.happened()) break;
    }
    expect(conflicts).toBeGreaterThan(3);
  });
});

const writes: readonly string[] = ["batch", "write", "remove"];

/** A storage on which something happens just before its n-th write. */
function beforeWrite(
  storage: Storage,
  write: number,
  happens: () => Promise<void>,
): { readonly storage: Storage; readonly happened: () => boolean } {
  let left = write;
  const interposed = interposedStorage(storage, async (method) => {
    if (writes.includes(method) && (left -= 1) === 0) await happens();
  });
  return { storage: interposed, happened: () => left <= 0 };
}

/** Lets an action on a storage fail at its n-th write. Whether it did. */
async function cutOffAfter(
  storage: Storage,
  count: number,
  act: (storage: Storage) => Promise<unknown>,
): Promise<boolean> {
  let left = count;
  const failing = interposedStorage(storage, (method) => {
    if (writes.includes(method) && (left -= 1) < 0) throw new Error("cut off");
  });
  try {
    await act(failing);
    return false;
  } catch (error) {
    if (error instanceof Error && error.message === "cut off") return true;
    throw error;
  }
}
