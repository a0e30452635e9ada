import { serverTime, type Database } from "../../database/contract.ts";
import { scan } from "./collections.ts";
import type { DatabaseTests } from "./tests.ts";

export function claimTests({ test, expect }: DatabaseTests): void {
  const order = [{ field: "dueAt" }, { field: "place" }];

  async function claim(database: Database, worker: string, limit = 1): Promise<unknown[]> {
    const found = await database.readAndWrite(
      "items",
      { group: 1, dueAt: { $lte: serverTime() } },
      { set: { dueAt: serverTime(1_000_000), worker }, increment: { claims: 1 } },
      { sort: order, limit },
    );
    return found.map(({ place }) => place);
  }

  test("readAndWrite changes the first match in order and returns it as changed", async (database) => {
    await database.write("items", [
      { group: 1, place: 3, dueAt: 0 },
      { group: 1, place: 1, dueAt: 5 },
      { group: 1, place: 2, dueAt: 0 },
      { group: 2, place: 0, dueAt: 0 },
    ]);
    const change = { set: { weight: 9 }, increment: { hits: 1 } };
    expect(
      await database.readAndWrite("items", { group: 1, dueAt: { $lte: 9 } }, change, {
        sort: order,
      }),
    ).toEqual([{ group: 1, place: 2, dueAt: 0, weight: 9, hits: 1 }]);
    expect(await database.count("items", { weight: 9 }, scan)).toBe(1);
  });

  test("readAndWrite takes up to its limit, in order", async (database) => {
    await database.write(
      "items",
      [5, 3, 1, 4, 2].map((place) => ({ group: 1, place, dueAt: 0 })),
    );
    expect(await claim(database, "a", 2)).toEqual([1, 2]);
    expect(await claim(database, "b", 9)).toEqual([3, 4, 5]);
    expect(await claim(database, "c", 9)).toEqual([]);
    expect(await claim(database, "c", 0)).toEqual([]);
  });

  test("readAndWrite of declared fields only keeps order and selection", async (database) => {
    await database.write(
      "items",
      [2, 1, 3].map((place) => ({ group: 1, place, dueAt: 0, color: "red" })),
    );
    const found = await database.readAndWrite(
      "items",
      { group: 1, dueAt: { $lte: 0 } },
      { set: { weight: 2 }, unset: ["dueAt"] },
      {
        sort: [
          { field: "dueAt", descending: true },
          { field: "place", descending: true },
        ],
        limit: 2,
        select: ["weight", "place", "color", "dueAt"],
      },
    );
    expect(found).toEqual([
      { weight: 2, place: 3, color: "red" },
      { weight: 2, place: 2, color: "red" },
    ]);
  });

  test("readAndWrite of no match returns nothing", async (database) => {
    await database.write("items", { group: 1, place: 1, dueAt: 0 });
    const change = { set: { weight: 1 } };
    expect(await database.readAndWrite("items", { group: 2 }, change)).toEqual([]);
    expect(await database.count("items", { weight: 1 }, scan)).toBe(0);
  });

  test("of many concurrent callers no two get the same document", async (database, another) => {
    const count = 200;
    await database.write(
      "items",
      Array.from({ length: count }, (_, place) => ({ group: 1, place, dueAt: 0 })),
    );
    const handles = [database, await another(), await another()];
    const callers = Array.from({ length: 30 }, (_, i) => ({
      handle: handles[i % handles.length] ?? database,
      worker: `worker ${String(i)}`,
      limit: 1 + (i % 3),
    }));
    const claimed = await Promise.all(
      callers.map(async ({ handle, worker, limit }) => {
        const all: unknown[] = [];
        for (;;) {
          const got = await claim(handle, worker, limit);
          if (got.length === 0) return all;
          all.push(...got);
        }
      }),
    );
    const places = claimed.flat();
    expect(places.length).toBe(count);
    expect(new Set(places).size).toBe(count);
    expect(await database.count("items", { claims: 1 }, scan)).toBe(count);
  });

  test("of many concurrent inserts of one unique value one succeeds", async (database, another) => {
    const handles = [database, await another()];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, place) => {
        const handle = handles[place % 2] ?? database;
        const write = handle.write("items", { group: 1, place, label: "one" });
        return await write.then(
          () => "written",
          (error: unknown) => (error as { code: unknown }).code,
        );
      }),
    );
    expect(outcomes.filter((outcome) => outcome === "written").length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === "DUPLICATE").length).toBe(19);
    expect(await database.count("items", {}, scan)).toBe(1);
  });

  test("concurrent increments are all counted", async (database, another) => {
    await database.write("items", { group: 1, place: 1, weight: 0 });
    const handles = [database, await another()];
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const handle = handles[i % 2] ?? database;
        await handle.write(
          "items",
          { increment: { weight: 1, hits: 2 }, append: { log: i } },
          { group: 1, place: 1 },
        );
      }),
    );
    const [found] = await database.read("items", { group: 1, place: 1 });
    expect(found?.["weight"]).toBe(100);
    expect(found?.["hits"]).toBe(200);
    expect(new Set(found?.["log"] as number[]).size).toBe(100);
  });
}
