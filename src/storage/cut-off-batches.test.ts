import { expect, onTestFinished, test } from "vitest";
import { oneByOne } from "../../test/support/one-by-one.ts";
import type { BatchOutcome, Database, Operation } from "../database/contract.ts";
import { everythingOf, gridSpec, numbersOf, suggestionsOf } from "../testing/storage/fixtures.ts";
import { furnish } from "../testing/storage/furnished.ts";
import { openStorage } from "./open-storage.ts";
import { createStorage, type Storage } from "./storage.ts";
import { verifyDatabase } from "./verify-database.ts";

/*
 * Where a batch is not atomic, as on MongoDB without transactions, whoever carries it out may be killed between
 * any two of its operations, and of the documents of an insert. Here that is done at each of these places.
 */

/** A storage without atomic batches, whose process is killed before its n-th write of one document. */
function split(storage: Storage, killedAt = Infinity): Storage {
  const { database, leaseMs } = storage;
  let left = killedAt;
  const write = <Result>(carryOut: () => Promise<Result>): Promise<Result> => {
    if ((left -= 1) <= 0) throw new Error("killed");
    return carryOut();
  };
  const batch = async (operations: readonly Operation[]): Promise<BatchOutcome> => {
    const [operation] = operations;
    if (operation?.kind !== "insert" || operation.documents.length < 2) {
      return await write(async () => await database.batch(operations));
    }
    let count = 0;
    for (const document of operation.documents) {
      const one = [{ ...operation, documents: [document] }];
      const outcome = await write(async () => await database.batch(one));
      if (outcome.applied) count += outcome.results[0]?.count ?? 0;
    }
    return { applied: true, results: [{ count, documents: [] }] };
  };
  const mortal = new Proxy(database, {
    get(target, name) {
      if (name === "batch") return batch;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const call = async (given: readonly unknown[]): Promise<unknown> =>
        (await Reflect.apply(value, target, given)) as unknown;
      const isWrite = ["write", "remove", "readAndWrite"].includes(String(name));
      return (...given: unknown[]) => (isWrite ? write(() => call(given)) : call(given));
    },
  }) satisfies Database;
  return createStorage({ database: oneByOne(mortal), leaseMs, wallClock: () => new Date() });
}

async function opened(): Promise<Storage> {
  const storage = await openStorage("memory:");
  onTestFinished(() => storage.close());
  return storage;
}

/** Does something again and again, killed at each place of it in turn, and looks at what is there after each. */
async function killedEverywhere(
  prepare: (storage: Storage) => Promise<unknown>,
  act: (storage: Storage) => Promise<unknown>,
  look: (after: Storage, wasKilled: boolean) => Promise<void>,
): Promise<number> {
  for (let place = 1; ; place += 1) {
    const storage = await opened();
    await prepare(storage);
    const outcome = await act(split(storage, place)).then(
      () => "done",
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
    expect(outcome).toMatch(/^(done|killed)$/);
    await look(split(storage), outcome === "killed");
    if (outcome === "done") return place - 1;
  }
}

async function expectVerified(storage: Storage): Promise<void> {
  expect((await verifyDatabase(storage)).problems).toEqual([]);
}

const belongings = ["attempts", "metrics", "snapshots", "artifacts", "output"];

test("deleting trials may be cut off anywhere: nothing of them comes back, and doing it again goes on", async () => {
  const where = { number: { $in: [0, 1, 5] } };
  const places = await killedEverywhere(
    furnish,
    async (storage) => await storage.deleteTrials("grid", where),
    async (after, wasKilled) => {
      await expectVerified(after);
      const ids = (await after.fetchTrials("grid", where)).map(({ id }) => id);
      if (!wasKilled) expect(ids).toEqual([]);
      expect(await after.deleteTrials("grid", where)).toBe(ids.length);
      expect(numbersOf(await after.getTrials("grid"))).toEqual([2, 3, 4, 6, 7]);
      for (const collection of belongings) {
        const count = await after.database.count(collection, where, { scan: true });
        expect([collection, count]).toEqual([collection, 0]);
      }

      // What is registered anew under their numbers has nothing of them, and no token that they had.
      const grid = await after.getExperiment("grid");
      await after.registerTrials(grid, await after.readCursor(grid), suggestionsOf(grid, 0, 8));
      for (const trial of await after.fetchTrials("grid", where)) {
        expect(trial).toMatchObject({ status: "new", attempt: 0, results: null, error: null });
        expect(await everythingOf(after, trial.id)).toMatchObject({
          attempts: [],
          snapshots: [],
          artifacts: [],
        });
      }
      await expectVerified(after);
    },
  );
  // Each trial is fenced, relieved of what belongs to it, and removed.
  expect(places).toBeGreaterThan(3 * (2 + belongings.length));
});

test("a repair deletes what is left of trials whose deletion was cut off", async () => {
  const where = { number: { $in: [0, 1] } };
  let repairs = 0;
  await killedEverywhere(
    furnish,
    async (storage) => await storage.deleteTrials("grid", where),
    async (after, wasKilled) => {
      const before = await verifyDatabase(after);
      const isLeft = before.remarks.some(({ kind }) => kind === "deleted");
      const repaired = await verifyDatabase(after, { repair: true });
      expect(repaired.problems).toEqual([]);
      expect(repaired.remarks.filter(({ kind }) => kind === "deleted")).toEqual([]);
      expect(repaired.repairs.some(({ kind }) => kind === "deleted")).toBe(isLeft);
      if (isLeft) repairs += 1;
      // Each is whole, or is gone.
      const statuses = (await after.fetchTrials("grid", where)).map(({ status }) => status);
      expect(wasKilled ? ["completed", "broken"] : []).toEqual(expect.arrayContaining(statuses));
      for (const { attempt } of await after.fetchTrials("grid", where)) {
        expect(attempt).toBeGreaterThan(0);
      }
    },
  );
  expect(repairs).toBeGreaterThan(2 * belongings.length);
});

test("registering trials may be cut off anywhere: all of them are there, once, or none is", async () => {
  const size = 6;
  const places = await killedEverywhere(
    async (storage) => await storage.createExperiment(gridSpec(size)),
    async (storage) => {
      const grid = await storage.getExperiment("grid");
      const cursor = await storage.readCursor(grid);
      return await storage.registerTrials(grid, cursor, suggestionsOf(grid, 0, 4));
    },
    async (after) => {
      await expectVerified(after);
      const grid = await after.getExperiment("grid");
      const { position, given } = await after.readCursor(grid);
      expect([0, 4]).toContain(position);
      expect(numbersOf(await after.getTrials(grid))).toEqual([0, 1, 2, 3].slice(0, position));
      expect(given).toBe(position);

      // Whoever does the same again, or goes on, finds it done.
      const rest = suggestionsOf(grid, position, size);
      const cursor = await after.readCursor(grid);
      expect(await after.registerTrials(grid, cursor, rest)).toMatchObject({ moved: true });
      expect(await after.registerTrials(grid, cursor, rest)).toEqual({ moved: false });
      expect(numbersOf(await after.getTrials(grid))).toEqual([0, 1, 2, 3, 4, 5]);
      await expectVerified(after);
    },
  );
  // The cursor, each trial, and forgetting them there.
  expect(places).toBe(6);
});

test("trials that wait at the cursor may be stored by one who is killed too", async () => {
  const register = async (storage: Storage): Promise<unknown> => {
    const grid = await storage.getExperiment("grid");
    return await storage.registerTrials(
      grid,
      await storage.readCursor(grid),
      suggestionsOf(grid, 0, 4),
    );
  };
  const places = await killedEverywhere(
    async (storage) => {
      await storage.createExperiment(gridSpec(4));
      // Killed behind the move of the cursor.
      await expect(register(split(storage, 2))).rejects.toThrow("killed");
    },
    async (storage) => await storage.readCursor(await storage.getExperiment("grid")),
    async (after) => {
      const grid = await after.getExperiment("grid");
      expect(await after.readCursor(grid)).toMatchObject({ position: 4, given: 4 });
      expect(numbersOf(await after.getTrials(grid))).toEqual([0, 1, 2, 3]);
      await expectVerified(after);
    },
  );
  expect(places).toBe(5);
});
