import type { Database, Query, SortKey } from "../../database/contract.ts";
import { compareForSort } from "../../values/compare.ts";
import { scan } from "./collections.ts";
import { kinds } from "./kinds.ts";
import type { DatabaseTests } from "./tests.ts";

export function orderTests({ test, expect }: DatabaseTests): void {
  async function places(database: Database, sort: readonly SortKey[]): Promise<unknown> {
    const found = await database.read("items", {}, { sort, ...scan });
    return found.map(({ place }) => place);
  }

  test("values of all kinds have one order", async (database) => {
    const values = [...kinds.map(([, value]) => value), undefined];
    await database.write(
      "items",
      values.map((value, place) => ({ group: 1, place, value })),
    );
    const expected = [...values.keys()].sort((a, b) => {
      return compareForSort(values[a], values[b]) || a - b;
    });
    expect(await places(database, [{ field: "value" }, { field: "place" }])).toEqual(expected);
    const descending = [...values.keys()].sort((a, b) => {
      return compareForSort(values[b], values[a]) || a - b;
    });
    expect(
      await places(database, [{ field: "value", descending: true }, { field: "place" }]),
    ).toEqual(descending);
  });

  test("absent values come first, and text is ordered by code point", async (database) => {
    await database.write("items", [
      { group: 1, place: 0, label: "b" },
      { group: 1, place: 1, label: "\uffff" },
      { group: 1, place: 2, label: "😀" },
      { group: 1, place: 3 },
      { group: 1, place: 4, label: "B" },
      { group: 1, place: 5, label: "é" },
    ]);
    expect(await places(database, [{ field: "label" }])).toEqual([3, 4, 0, 5, 1, 2]);
    expect(await places(database, [{ field: "label", descending: true }])).toEqual([
      2, 1, 5, 0, 4, 3,
    ]);
  });

  test("numbers are ordered by value, infinities at the ends", async (database) => {
    const weights = [3, -Infinity, 0.5, Infinity, -2];
    await database.write(
      "items",
      weights.map((weight, place) => ({ group: 1, place, weight })),
    );
    expect(await places(database, [{ field: "weight" }])).toEqual([1, 4, 2, 0, 3]);
  });

  test("later keys decide among equals, each in its own direction", async (database) => {
    await database.write("items", [
      { group: 1, place: 0, weight: 1, note: "b" },
      { group: 1, place: 1, weight: 2, note: "a" },
      { group: 1, place: 2, weight: 1, note: "a" },
      { group: 1, place: 3, weight: 2, note: "b" },
    ]);
    const ascending = { field: "weight" };
    const descending = { field: "weight", descending: true };
    expect(await places(database, [ascending, { field: "place", descending: true }])).toEqual([
      2, 0, 3, 1,
    ]);
    expect(await places(database, [descending, { field: "note" }])).toEqual([1, 3, 2, 0]);
  });

  test("bytes and dotted paths can be sorted by", async (database) => {
    await database.write("items", [
      { group: 1, place: 0, content: new Uint8Array([200]), deep: { key: 2 } },
      { group: 1, place: 1, content: new Uint8Array([3]), deep: { key: 1 } },
      { group: 1, place: 2, deep: {} },
    ]);
    expect(await places(database, [{ field: "deep.key" }])).toEqual([2, 1, 0]);
    const byContent = [new Uint8Array([200]), new Uint8Array([3])].sort(compareForSort);
    const first = byContent[0]?.[0] === 200 ? 0 : 1;
    expect(await places(database, [{ field: "content" }])).toEqual([2, first, 1 - first]);
  });

  test("a limit takes the first in order", async (database) => {
    await database.write(
      "items",
      Array.from({ length: 20 }, (_, place) => ({ group: 1, place: 19 - place, odd: place % 2 })),
    );
    const read = async (query: Query, limit: number): Promise<unknown> => {
      const sort = [{ field: "place" }];
      const found = await database.read("items", query, { sort, limit, ...scan });
      return found.map(({ place }) => place);
    };
    expect(await read({}, 3)).toEqual([0, 1, 2]);
    expect(await read({ odd: 1 }, 3)).toEqual([0, 2, 4]);
    expect(await read({ group: 1, place: { $gt: 16 } }, 5)).toEqual([17, 18, 19]);
    expect(await read({}, 0)).toEqual([]);
    const [largest] = await database.read(
      "items",
      {},
      { sort: [{ field: "odd", descending: true }, { field: "place" }], limit: 1, ...scan },
    );
    expect(largest?.["place"]).toBe(0);
  });

  test("a limit that is no whole number is a mistake of the caller", async (database) => {
    for (const limit of [-1, 1.5, NaN, Infinity]) {
      const error = await database
        .read("items", { group: 1 }, { limit })
        .catch((reason: unknown) => reason);
      expect(error instanceof RangeError, String(limit)).toBe(true);
    }
  });

  test("a selection returns these fields only, and not those that are absent", async (database) => {
    await database.write("items", { group: 1, place: 2, weight: 3, color: "red", size: null });
    const read = async (select: readonly string[]): Promise<unknown> =>
      (await database.read("items", { group: 1, place: 2 }, { select }))[0];
    expect(await read(["place"])).toEqual({ place: 2 });
    expect(await read(["color", "weight"])).toEqual({ color: "red", weight: 3 });
    expect(await read(["size", "nothing", "label"])).toEqual({ size: null });
    expect(await read([])).toEqual({});
    const filtered = await database.read("items", { color: "red" }, { select: ["place"], ...scan });
    expect(filtered).toEqual([{ place: 2 }]);
    const sorted = await database.read(
      "items",
      {},
      { select: ["place"], sort: [{ field: "color" }], ...scan },
    );
    expect(sorted).toEqual([{ place: 2 }]);
  });
}
