import type { Operation } from "../../database/contract.ts";
import { scan } from "./collections.ts";
import type { DatabaseTests } from "./tests.ts";

export function batchTests({ test, expect, capabilities }: DatabaseTests): void {
  const put = (place: number, more: Partial<Operation> = {}): Operation => ({
    kind: "insert",
    collection: "items",
    documents: [{ group: 1, place }],
    ...(more as object),
  });
  const touch = (place: number, more: Partial<Operation> = {}): Operation => ({
    kind: "update",
    collection: "items",
    query: { group: 1, place },
    change: { increment: { hits: 1 } },
    ...(more as object),
  });

  test("a batch carries out its operations in order, and tells what each did", async (database) => {
    const outcome = await database.batch([
      put(1),
      touch(1),
      touch(2),
      {
        kind: "readAndWrite",
        collection: "items",
        query: { group: 1, place: 1 },
        change: { set: { weight: 2 } },
        select: ["weight", "hits"],
      },
      { kind: "remove", collection: "items", query: { group: 1 } },
    ]);
    expect(outcome).toEqual({
      applied: true,
      results: [
        { count: 1, documents: [] },
        { count: 1, documents: [] },
        { count: 0, documents: [] },
        { count: 1, documents: [{ weight: 2, hits: 1 }] },
        { count: 1, documents: [] },
      ],
    });
    expect(await database.batch([])).toEqual({ applied: true, results: [] });
  });

  test("every operation of a batch sees what those before it did, whatever it takes to carry it out", async (database) => {
    const one = { group: 1, place: 1 };
    const outcome = await database.batch([
      put(1),
      { kind: "update", collection: "items", query: one, change: { append: { log: "a" } } },
      {
        kind: "update",
        collection: "items",
        query: { ...one, log: ["a"] },
        change: { append: { log: "b" }, set: { deep: { key: 1 } } },
      },
      {
        kind: "readAndWrite",
        collection: "items",
        query: { "deep.key": 1 },
        change: { increment: { hits: 1 } },
        sort: [{ field: "log" }],
        scan: true,
      },
      { kind: "remove", collection: "items", query: { "deep.key": { $gte: 1 } }, scan: true },
    ]);
    expect(outcome.applied && outcome.results.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
    const found = outcome.applied ? outcome.results[3]?.documents : undefined;
    expect(found).toEqual([{ ...one, log: ["a", "b"], deep: { key: 1 }, hits: 1 }]);
    expect(await database.count("items", {}, scan)).toBe(0);
  });

  test("ifAbsent leaves out what is there already, and counts the rest", async (database) => {
    await database.write("items", { group: 1, place: 2, weight: 1 });
    const documents = [1, 2, 3].map((place) => ({ group: 1, place, weight: 9 }));
    const outcome = await database.batch([
      { kind: "insert", collection: "items", documents, ifAbsent: true },
    ]);
    expect(outcome.applied && outcome.results[0]?.count).toBe(2);
    const found = await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
    expect(found.map(({ weight }) => weight)).toEqual([9, 1, 9]);
  });

  test("ifAbsent excuses nothing but duplicates", async (database) => {
    await expect(
      database.batch([
        {
          kind: "insert",
          collection: "items",
          documents: [{ group: 1, place: 1, weight: "heavy" }],
          ifAbsent: true,
        },
      ]),
    ).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });

  test("ifAbsent inserts what was there once, and has other unique fields by now", async (database) => {
    const insert = { kind: "insert", collection: "items", ifAbsent: true } as const;
    const documents = [1, 2].map((place) => ({ group: 1, place }));
    await database.batch([{ ...insert, documents }]);
    await database.write("items", { set: { place: 3 } }, { group: 1, place: 1 });
    await database.remove("items", { group: 1, place: 2 });
    expect(await database.batch([{ ...insert, documents }])).toMatchObject({
      results: [{ count: 2 }],
    });
    const found = await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
    expect(found.map(({ place }) => place)).toEqual([1, 2, 3]);
  });

  test("many who insert the same documents at the same time insert each once", async (database, again) => {
    const handles = [database, await again()];
    const documents = Array.from({ length: 20 }, (_, place) => ({ group: 1, place }));
    for (let round = 0; round < 5; round += 1) {
      const counts = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          const insert = {
            kind: "insert",
            collection: "items",
            documents,
            ifAbsent: true,
          } as const;
          const outcome = await (handles[i % 2] ?? database).batch([insert]);
          return outcome.applied ? (outcome.results[0]?.count ?? 0) : 0;
        }),
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
      expect(await database.remove("items", { group: 1 })).toBe(20);
    }
  });

  test("an operation after one that changed nothing is not carried out", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    const outcome = await database.batch([
      touch(1),
      put(11, { after: 0 }),
      touch(2),
      put(12, { after: 2 }),
      put(13, { after: 3 }),
      touch(1, { after: 1 }),
    ]);
    expect(outcome.applied && outcome.results.map(({ count }) => count)).toEqual([
      1, 1, 0, 0, 0, 1,
    ]);
    const found = await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
    expect(found.map(({ place }) => place)).toEqual([1, 11]);
  });

  test("an operation comes only after an earlier one", async (database) => {
    for (const after of [1, 2, -1]) {
      const error = await database
        .batch([put(1), put(2, { after })])
        .catch((reason: unknown) => reason);
      expect(error instanceof RangeError).toBe(true);
    }
    expect(await database.count("items", {}, scan)).toBe(0);
  });

  test("a wrong operation anywhere in a batch is refused before any is carried out", async (database) => {
    await expect(
      database.batch([put(1), { ...touch(1), query: { color: "red" } } as Operation]),
    ).rejects.toMatchObject({ code: "INVALID_QUERY" });
    expect(await database.count("items", {}, scan)).toBe(0);
  });

  if (!capabilities.atomicBatch) return;

  test("nothing of a batch is left when a required operation changes nothing", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    const outcome = await database.batch([
      put(2),
      touch(1),
      { kind: "insert", collection: "fresh", documents: [{ a: 1 }] },
      touch(99, { required: true }),
      put(3),
    ]);
    expect(outcome).toEqual({ applied: false, failedAt: 3 });
    expect(await database.read("items", { group: 1 })).toEqual([{ group: 1, place: 1 }]);
    // A collection that the undone batch was the first to write is written like any other.
    expect(await database.write("fresh", { a: 2 })).toBe(1);
    expect(await database.read("fresh", {}, scan)).toEqual([{ a: 2 }]);
  });

  test("each required operation has to change something itself", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    const insert = { kind: "insert", collection: "items", ifAbsent: true } as const;
    const documents = [{ group: 1, place: 1 }];
    for (const last of [{ ...insert, documents }, touch(99)]) {
      const outcome = await database.batch([
        touch(1, { required: true }),
        put(2, { required: true }),
        { ...last, required: true },
      ]);
      expect(outcome).toEqual({ applied: false, failedAt: 2 });
    }
    expect(await database.read("items", { group: 1 })).toEqual([{ group: 1, place: 1 }]);
    const outcome = await database.batch([
      touch(1, { required: true }),
      { ...insert, documents: [...documents, { group: 1, place: 2 }], required: true },
    ]);
    expect(outcome.applied && outcome.results.map(({ count }) => count)).toEqual([1, 1]);
  });

  test("a required operation that was not carried out undoes the batch too", async (database) => {
    const outcome = await database.batch([touch(1), put(2, { after: 0, required: true })]);
    expect(outcome).toEqual({ applied: false, failedAt: 1 });
    expect(await database.count("items", {}, scan)).toBe(0);
  });

  test("nothing of a batch is left when an operation fails", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    await expect(
      database.batch([
        put(2),
        { kind: "insert", collection: "fresh", documents: [{ a: 1 }] },
        touch(1),
        put(1),
      ]),
    ).rejects.toMatchObject({ code: "DUPLICATE" });
    expect(await database.read("items", { group: 1 })).toEqual([{ group: 1, place: 1 }]);
    expect(await database.count("fresh", {}, scan)).toBe(0);
    expect(await database.write("fresh", { a: 2 })).toBe(1);
  });

  test("concurrent batches do not see each other's middle", async (database, another) => {
    await database.write("items", { group: 1, place: 0, weight: 0 });
    const handles = [database, await another()];
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const handle = handles[i % 2] ?? database;
        const [before] = await handle.read("items", { group: 1, place: 0 });
        const weight = Number(before?.["weight"]);
        return await handle.batch([
          {
            kind: "update",
            collection: "items",
            query: { group: 1, place: 0, weight },
            change: { increment: { weight: 1 } },
            required: true,
          },
          put(weight + 1),
        ]);
      }),
    );
    const applied = outcomes.filter((outcome) => outcome.applied).length;
    const [counter] = await database.read("items", { group: 1, place: 0 });
    expect(counter?.["weight"]).toBe(applied);
    expect(await database.count("items", { group: 1 })).toBe(applied + 1);
  });
}
