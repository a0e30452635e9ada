import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { serverTime, type CollectionDeclaration, type Operation } from "../../contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { redisOpener } from "./open.ts";

const server = serverUrl("Redis");

const collections: readonly CollectionDeclaration[] = [
  {
    name: "items",
    fields: { place: "integer", label: "text", freeAt: "real", taker: "text" },
    indexes: [
      { fields: ["place"], unique: true },
      { fields: ["label"], unique: true, sparse: "label" },
      { fields: ["freeAt", "place"], sparse: "freeAt" },
    ],
  },
];

/** What is asked for at the same moment goes to the server in one script. */
describe.skipIf(server === undefined)("batches of one moment on Redis", () => {
  let databases: ManagedDatabase[];

  beforeAll(async () => {
    const open = redisOpener({ url: `${String(server)}?prefix=${randomUUID()}` });
    databases = [];
    for (let i = 0; i < 3; i += 1) {
      const database = new ManagedDatabase(await open(true));
      await database.define(collections);
      databases.push(database);
    }
  });

  afterAll(async () => {
    for (const database of databases) await database.close();
  });

  async function stored(count: number): Promise<ManagedDatabase> {
    const [database] = databases;
    if (database === undefined) throw new Error("There is no database");
    await database.remove("items", {}, { scan: true });
    const items = Array.from({ length: count }, (_, place) => ({
      place,
      label: `item ${String(place)}`,
      freeAt: 0,
    }));
    await database.write("items", items);
    return database;
  }

  const update = (place: number, set: object, rest: Partial<Operation> = {}): Operation => ({
    ...{ kind: "update", collection: "items", query: { place }, change: { set: { ...set } } },
    ...(rest as object),
  });
  const claim = (taker: string, limit: number): Operation => ({
    ...{ kind: "readAndWrite", collection: "items", query: { freeAt: { $lte: serverTime() } } },
    sort: [{ field: "freeAt" }, { field: "place" }],
    ...{ limit, change: { set: { taker, freeAt: serverTime(60_000) } } },
  });

  test("claims by the same query take one after the other, each as many as it asked for", async () => {
    const database = await stored(10);
    const takers = ["a", "b", "c", "d", "e"];
    const outcomes = await Promise.all(
      takers.map(
        async (taker, i) => await databases[i % 3]?.batch([claim(taker, [2, 0, 3, 4, 5][i] ?? 0)]),
      ),
    );
    const taken = outcomes.map((outcome) =>
      outcome?.applied === true ? outcome.results[0]?.documents.map(({ place }) => place) : [],
    );
    expect(taken.map((places) => places?.length)).toEqual([2, 0, 3, 4, 1]);
    expect(taken.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const [i, taker] of takers.entries()) {
      const found = await database.read("items", { taker }, { scan: true });
      expect(found.map(({ place }) => place).sort()).toEqual(taken[i]);
    }
    expect(await database.count("items", { freeAt: { $lte: serverTime() } })).toBe(0);
  });

  test("claims that leave open what they take may take the same", async () => {
    await stored(2);
    const still: Operation = {
      ...{ kind: "readAndWrite", collection: "items", query: { freeAt: { $lte: serverTime() } } },
      sort: [{ field: "freeAt" }, { field: "place" }],
      change: { set: { freeAt: serverTime(-1000) } },
    };
    const outcomes = await Promise.all(databases.map(async (each) => await each.batch([still])));
    expect(outcomes.every((one) => one.applied && one.results[0]?.count === 1)).toBe(true);
  });

  test("a batch that fails leaves nothing, and its neighbours as they are", async () => {
    const database = await stored(7);
    const batches: readonly (readonly Operation[])[] = [
      [update(6, { taker: "first" })],
      [
        update(1, { taker: "undone" }),
        update(1, { label: "undone" }),
        update(99, { taker: "nobody" }, { required: true }),
      ],
      [update(2, { label: "new" }), update(3, { label: "new" })],
      [claim("claimer", 1)],
      [update(99, { taker: "nobody" }), update(4, { taker: "undone" }, { after: 0 })],
      [update(5, { taker: "last", label: "item 2" })],
      [update(5, { taker: "last" })],
    ];
    const outcomes = await Promise.all(
      batches.map(
        async (batch, i) =>
          await databases[i % 3]?.batch(batch).then(
            (outcome) => (outcome.applied ? outcome.results.map(({ count }) => count) : "undone"),
            (error: unknown) => (error as { code: unknown }).code,
          ),
      ),
    );
    expect(outcomes).toEqual([[1], "undone", "DUPLICATE", [1], [0, 0], "DUPLICATE", [1]]);
    const items = await database.read("items", {}, { sort: [{ field: "place" }], scan: true });
    expect(items.map(({ label }) => label)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((i) => `item ${String(i)}`),
    );
    const takers = ["claimer", undefined, undefined, undefined, undefined, "last", "first"];
    expect(items.map(({ taker }) => taker)).toEqual(takers);
  });

  test("one document changed by many at once has the changes of all", async () => {
    const database = await stored(2);
    const changes: readonly Operation[] = [
      {
        kind: "update",
        collection: "items",
        query: { place: 0, label: { $ne: "x" } },
        change: { increment: { freeAt: 1 } },
      },
      update(0, { taker: "somebody" }),
      update(0, { label: "new" }),
    ];
    const order = [0, 0, 1, 0, 2, 0, 0, 1, 1, 0, 0, 2, 0];
    await Promise.all(
      order.map(async (which, i) => await databases[i % 3]?.batch([changes[which] as Operation])),
    );
    expect(await database.read("items", { place: 0 })).toEqual([
      { place: 0, label: "new", freeAt: 8, taker: "somebody" },
    ]);
    expect(await database.count("items", { freeAt: { $gt: 0 } })).toBe(1);
    expect(await database.count("items", { freeAt: 8 })).toBe(1);
    expect(await database.count("items", { label: "item 0" })).toBe(0);
  });

  test("a batch sees what its own steps did", async () => {
    const database = await stored(2);
    const outcome = await database.batch([
      { kind: "update", collection: "items", query: { place: 0 }, change: { set: { freeAt: 5 } } },
      {
        kind: "update",
        collection: "items",
        query: { freeAt: 5 },
        change: { set: { taker: "x" } },
      },
      { kind: "update", collection: "items", query: { place: 1 }, change: { unset: ["label"] } },
      {
        kind: "update",
        collection: "items",
        query: { place: 0 },
        change: { set: { label: "item 1" } },
      },
    ]);
    expect(outcome.applied && outcome.results.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(await database.read("items", { label: "item 1" })).toEqual([
      { place: 0, label: "item 1", freeAt: 5, taker: "x" },
    ]);
  });

  test("a query whose value no document can have does not decide about others of its shape", async () => {
    const database = await stored(3);
    const not = async (label: unknown): Promise<number> =>
      await database.write("items", { set: { taker: "x" } }, { place: 1, label: { $ne: label } });
    expect(await not(5)).toBe(1);
    expect(await not("item 1")).toBe(0);
    expect(await not("item 2")).toBe(1);
    expect(await not(5)).toBe(1);
  });
});
