import { serverTime, type Document } from "../../database/contract.ts";
import { scan } from "./collections.ts";
import type { DatabaseTests } from "./tests.ts";

export function changeTests({ test, expect }: DatabaseTests): void {
  const at = { group: 1, place: 1 };

  test("an insert returns how many, and leaves the given documents alone", async (database) => {
    const document = { group: 1, place: 1 };
    expect(await database.write("items", document)).toBe(1);
    expect(
      await database.write("items", [
        { group: 1, place: 2 },
        { group: 1, place: 3 },
      ]),
    ).toBe(2);
    expect(await database.write("items", [])).toBe(0);
    expect(document).toEqual({ group: 1, place: 1 });
    expect(await database.count("items", { group: 1 })).toBe(3);
  });

  test("an update changes every match, returns how many matched and never inserts", async (database) => {
    await database.write("items", [
      { group: 1, place: 1, color: "red" },
      { group: 1, place: 2, color: "red" },
      { group: 1, place: 3, color: "blue" },
    ]);
    expect(await database.write("items", { set: { color: "green" } }, { color: "red" }, scan)).toBe(
      2,
    );
    expect(
      await database.write("items", { set: { weight: 5 } }, { group: 1, place: { $gt: 1 } }),
    ).toBe(2);
    expect(await database.write("items", { set: { weight: 5 } }, { group: 2 })).toBe(0);
    const sort = [{ field: "place" }];
    expect(await database.read("items", { group: 1 }, { sort })).toEqual([
      { group: 1, place: 1, color: "green" },
      { group: 1, place: 2, color: "green", weight: 5 },
      { group: 1, place: 3, color: "blue", weight: 5 },
    ]);
    // The same values once more: what matched is counted, not what differs.
    expect(await database.write("items", { set: { weight: 5 } }, { group: 1, place: 2 })).toBe(1);
  });

  test("unset comes before set, then increment, then append", async (database) => {
    await database.write("items", { ...at, weight: 4, dueAt: 7, hits: 2, label: "x", log: ["a"] });
    await database.write(
      "items",
      {
        unset: ["weight", "label", "hits", "nothing"],
        set: { weight: 10, color: "red", dueAt: 1 },
        increment: { weight: 1, hits: 5, dueAt: 1, fresh: -2 },
        append: { log: { b: 1 }, list: null },
      },
      at,
    );
    expect((await database.read("items", at))[0]).toEqual({
      ...at,
      weight: 11,
      dueAt: 2,
      color: "red",
      hits: 5,
      fresh: -2,
      log: ["a", { b: 1 }],
      list: [null],
    });
  });

  test("a value that is undefined is not set, and one that is null is absent in a declared field", async (database) => {
    await database.write("items", { ...at, weight: 4, dueAt: 1, color: "red" });
    await database.write("items", { set: { weight: undefined, dueAt: null, color: null } }, at);
    expect((await database.read("items", at))[0]).toEqual({ ...at, weight: 4, color: null });
  });

  test("updates of the same fields do each what they say, whatever came before", async (database) => {
    const places = [1, 2, 3, 4];
    await database.write(
      "items",
      places.map((place) => ({ group: 1, place, weight: 0 })),
    );
    const weights = async (): Promise<unknown[]> => {
      const found = await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
      return found.map(({ weight, dueAt }) =>
        dueAt === undefined ? weight : [weight, typeof dueAt],
      );
    };
    const update = async (weight: unknown, place: unknown, more: Document = {}): Promise<number> =>
      await database.write("items", { set: { weight, ...more } }, { group: 1, place }, scan);
    expect(await update(1, 1)).toBe(1);
    expect(await update(2, 2)).toBe(1);
    expect(await update(3, { $gt: 2 })).toBe(2);
    expect(await update(4, { $in: [4, 5] })).toBe(1);
    expect(await weights()).toEqual([1, 2, 3, 4]);
    expect(await update(5, null)).toBe(0);
    expect(await update(5, "1")).toBe(0);
    expect(await update(5, { $exists: false })).toBe(0);
    expect(await update(null, 1)).toBe(1);
    expect(await update(undefined, 2, { dueAt: 9 })).toBe(1);
    expect(await update(6, 3, { dueAt: 9 })).toBe(1);
    await expect(update("6", 4)).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await update(7, { $ne: 1 }, { dueAt: serverTime() })).toBe(3);
    expect(await update(8, 4, { dueAt: 1 })).toBe(1);
    expect(await weights()).toEqual([undefined, [7, "number"], [7, "number"], [8, "number"]]);
  });

  test("fields are set whole and under their own names", async (database) => {
    await database.write("items", { ...at, deep: { a: 1, b: 2 } });
    await database.write("items", { set: { deep: { c: 3 }, "deep.a": 4, constructor: 5 } }, at);
    expect((await database.read("items", at))[0]).toEqual({
      ...at,
      deep: { c: 3 },
      "deep.a": 4,
      constructor: 5,
    });
  });

  test("only numbers are incremented, only lists appended to", async (database) => {
    await database.write("items", { ...at, label: "x", color: "red" });
    for (const change of [
      { increment: { label: 1 } },
      { increment: { color: 1 } },
      { append: { color: 1 } },
    ]) {
      await expect(database.write("items", change, at)).rejects.toMatchObject({
        code: "INVALID_QUERY",
      });
    }
    for (const amount of [NaN, Infinity]) {
      const error = await database
        .write("items", { increment: { weight: amount } }, at)
        .catch((reason: unknown) => reason);
      expect(error instanceof RangeError).toBe(true);
    }
    expect((await database.read("items", at))[0]).toEqual({ ...at, label: "x", color: "red" });
  });

  test("the database's time can be set", async (database) => {
    const before = await database.now();
    await database.write("items", { ...at });
    await database.write("items", { set: { dueAt: serverTime(), seen: serverTime(60_000) } }, at);
    const after = await database.now();
    const [found] = await database.read("items", at);
    const dueAt = Number(found?.["dueAt"]);
    const seen = Number(found?.["seen"]);
    expect(before <= dueAt && dueAt <= after).toBe(true);
    expect(before + 60_000 <= seen && seen <= after + 60_000).toBe(true);
  });

  test("an update that a unique index forbids is DUPLICATE and changes nothing", async (database) => {
    await database.write("items", [
      { group: 1, place: 1, label: "a" },
      { group: 1, place: 2, label: "b" },
      { group: 1, place: 3, label: "c" },
    ]);
    const rows = async (): Promise<unknown> =>
      await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
    const before = await rows();
    await expect(
      database.write("items", { set: { label: "a" } }, { group: 1, place: 2 }),
    ).rejects.toMatchObject({ code: "DUPLICATE" });
    await expect(
      database.write("items", { set: { label: "z", odd: 1 } }, { group: 1 }),
    ).rejects.toMatchObject({ code: "DUPLICATE" });
    expect(await rows()).toEqual(before);
    // A removal goes on working on the documents that were to be changed.
    expect(await database.remove("items", { group: 1 })).toBe(3);
  });

  test("an insert of many is all or nothing", async (database) => {
    await database.write("items", { group: 1, place: 2 });
    const documents = [1, 2, 3].map((place) => ({ group: 1, place }));
    await expect(database.write("items", documents)).rejects.toMatchObject({ code: "DUPLICATE" });
    const twice = [7, 7].map((place) => ({ group: 1, place }));
    await expect(database.write("items", twice)).rejects.toMatchObject({ code: "DUPLICATE" });
    expect(await database.count("items", {}, scan)).toBe(1);
  });

  test("documents of many forms are inserted together, those that are there left out and not counted", async (database) => {
    const form = (place: number): Document => {
      if (place % 50 === 7) return { place, group: 1 };
      if (place % 50 === 8) return { group: 1, place, color: undefined, extra: { place } };
      return { group: 1, place, color: place % 2 === 0 ? "red" : "blue", weight: place / 4 };
    };
    const documents = Array.from({ length: 123 }, (_, place) => form(place));
    const taken = [0, 8, 60, 122].map((place) => ({ group: 1, place, note: "before" }));
    await database.write("items", taken);
    const insert = { kind: "insert", collection: "items", documents, ifAbsent: true } as const;
    expect(await database.batch([insert])).toMatchObject({ results: [{ count: 119 }] });
    expect(await database.batch([insert])).toMatchObject({ results: [{ count: 0 }] });
    const sort = [{ field: "place" }];
    expect(await database.read("items", { group: 1 }, { sort })).toEqual(
      documents.map((document, place) => taken.find((one) => one.place === place) ?? document),
    );
  });

  test("a removal removes every match and returns how many", async (database) => {
    await database.write(
      "items",
      [1, 2, 3, 4].map((place) => ({ group: place % 2, place, color: place > 2 ? "red" : "blue" })),
    );
    expect(await database.remove("items", { group: 0, place: 2 })).toBe(1);
    expect(await database.remove("items", { color: "red" }, scan)).toBe(2);
    expect(await database.remove("items", { color: "red" }, scan)).toBe(0);
    expect(await database.remove("items", {}, scan)).toBe(1);
    expect(await database.remove("never", {}, scan)).toBe(0);
  });

  test("a collection that was never written is empty", async (database) => {
    expect(await database.read("never", {}, scan)).toEqual([]);
    expect(await database.count("never", {}, scan)).toBe(0);
    expect(await database.write("never", { set: { a: 1 } }, {}, scan)).toBe(0);
    expect(await database.readAndWrite("never", {}, { set: { a: 1 } }, scan)).toEqual([]);
  });
}
