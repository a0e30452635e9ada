import type { Database, Document } from "../../database/contract.ts";
import { matchesDocument } from "../../database/match.ts";
import { parseQuery } from "../../database/query.ts";
import { scan } from "./collections.ts";
import { kinds } from "./kinds.ts";
import type { DatabaseTests } from "./tests.ts";

const comparisons = ["$ne", "$gt", "$gte", "$lt", "$lte"] as const;
const one = "0123456789abcdef0123456789abcdef";
const ends = ["0".repeat(32), "f".repeat(32)] as const;
/** Ids with equal beginnings, of an even and an odd number of digits, and the first and the last there is. */
const ids: readonly string[] = [
  one,
  `${one.slice(0, 31)}e`,
  `${one.slice(0, 10)}${"f".repeat(22)}`,
  `${one.slice(0, 9)}${"0".repeat(23)}`,
  `${one.slice(0, 9)}${"9".repeat(23)}`,
  `a${"0".repeat(31)}`,
  `9${"f".repeat(31)}`,
  ...ends,
];
/** What no id equals, and most of which has a place in their order. */
const others: readonly string[] = [
  "not an id at all, but 32 letters",
  ...ids.flatMap((id) => [
    id.slice(0, 9),
    id.slice(0, 10),
    id.slice(0, 31),
    `${id}0`,
    `${id} `,
    `${id.slice(0, 31)}A`,
    `${id.slice(0, 9)}g`,
    `${id.slice(0, 9)}:${id.slice(10)}`,
    `${id.slice(0, 10)}F${id.slice(11)}`,
    `${id.slice(0, 10)}\0`,
  ]),
];

export function idTests({ test, expect }: DatabaseTests): void {
  async function places(database: Database, condition: unknown): Promise<unknown> {
    const found = await database.read("marks", { id: condition }, scan);
    return found.map(({ place }) => Number(place)).sort((a, b) => a - b);
  }

  const all: readonly Document[] = [
    ...ids.map((id, place) => ({ id, place })),
    { place: ids.length },
  ];

  test("an id comes back as the digits that went in, however it is read", async (database) => {
    await database.write("marks", { id: one, place: 1, also: one });
    const whole = { id: one, place: 1, also: one };
    expect(await database.read("marks", { id: one })).toEqual([whole]);
    expect(await database.read("marks", { id: one }, { select: ["id"] })).toEqual([{ id: one }]);
    expect(await database.read("marks", { also: one }, scan)).toEqual([whole]);
    expect(await database.readAndWrite("marks", { id: one }, { set: { place: 2 } })).toEqual([
      { ...whole, place: 2 },
    ]);
    expect(
      await database.readAndWrite(
        "marks",
        { id: one },
        { set: { list: [1] } },
        { select: ["id", "list"] },
      ),
    ).toEqual([{ id: one, list: [1] }]);
  });

  test("every query of ids is answered as if they were texts", async (database) => {
    await database.write("marks", all);
    const bytes = new Uint8Array(16);
    const operands = [...ids, ...others, bytes, ...kinds.map(([, value]) => value)];
    for (const operand of operands) {
      const conditions = [
        ...comparisons.map((operator) => ({ [operator]: operand })),
        { $in: [operand] },
        { $in: [operand, one, one.toUpperCase(), 1] },
        { $in: [operand, null] },
        { $ne: one, $gte: operand },
        { $exists: true },
        ...(typeof operand === "object" ? [] : [operand]),
      ];
      for (const condition of conditions) {
        const query = parseQuery({ id: condition });
        const expected = all.filter((document) => matchesDocument(document, query, {}));
        expect(await places(database, condition), JSON.stringify(String(operand))).toEqual(
          expected.map(({ place }) => place),
        );
        expect(await database.count("marks", { id: condition }, scan)).toBe(expected.length);
      }
    }
  });

  test("an index finds the ids with the same beginning, in order", async (database) => {
    await database.write("marks", all);
    for (const length of [0, 1, 8, 9, 10, 31, 32]) {
      for (const id of ids) {
        const begin = id.slice(0, length);
        const expected = ids.filter((other) => other.startsWith(begin)).sort();
        const ranges = [
          { $gte: begin, $lte: begin.padEnd(32, "f") },
          { $gte: begin, $lt: `${begin}g` },
        ];
        for (const range of ranges) {
          const sort = [{ field: "id" }];
          const found = await database.read("marks", { id: range }, { sort });
          expect(
            found.map((document) => document["id"]),
            JSON.stringify(range),
          ).toEqual(expected);
          const [first] = await database.read("marks", { id: range }, { sort, limit: 1 });
          expect(first?.["id"]).toBe(expected[0]);
        }
      }
    }
  });

  test("ids are in the order of their digits, absent ones first", async (database) => {
    await database.write("marks", all);
    const read = async (descending: boolean): Promise<unknown> => {
      const sort = [{ field: "id", descending }];
      const found = await database.read("marks", {}, { sort, ...scan });
      return found.map(({ id }) => id);
    };
    const sorted = [...ids].sort();
    expect(await read(false)).toEqual([undefined, ...sorted]);
    expect(await read(true)).toEqual([...sorted.reverse(), undefined]);
  });

  test("a unique index tells ids apart by every digit", async (database) => {
    await database.write("marks", all);
    for (const id of ids) {
      await expect(database.write("marks", { id, place: 100 })).rejects.toMatchObject({
        code: "DUPLICATE",
      });
    }
    const outcome = await database.batch([
      {
        kind: "insert",
        collection: "marks",
        documents: [
          { id: one, place: 100 },
          { id: `${one.slice(0, 31)}0`, place: 101 },
        ],
        ifAbsent: true,
      },
    ]);
    expect(outcome).toMatchObject({ applied: true, results: [{ count: 1 }] });
    expect(await places(database, { $gte: one.slice(0, 31) })).toEqual([0, 1, 2, 5, 6, 8, 101]);
  });

  test("an id can be set and unset, and be what a change is for", async (database) => {
    await database.write("marks", [{ place: 1 }, { id: one, place: 2 }]);
    await database.write("marks", { set: { id: ends[0] } }, { place: 1 }, scan);
    await database.write("marks", { unset: ["id"] }, { id: one });
    expect(await places(database, ends[0])).toEqual([1]);
    expect(await places(database, null)).toEqual([2]);
    expect(await database.remove("marks", { id: one })).toBe(0);
    expect(await database.remove("marks", { id: ends[0] })).toBe(1);
  });

  test("what is no id is refused, named, and nothing is written", async (database) => {
    const refused = [...others, "", 1, new Uint8Array(16), { a: 1 }];
    for (const id of refused) {
      await expect(
        database.write("marks", [{ place: 1 }, { id, place: 2 }]),
        JSON.stringify(id),
      ).rejects.toMatchObject({ code: "INVALID_VALUE", details: { field: "id" } });
    }
    expect(await database.count("marks", {}, scan)).toBe(0);
    await database.write("marks", { id: one, place: 1 });
    await expect(
      database.write("marks", { set: { id: one.toUpperCase() } }, { id: one }),
    ).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await places(database, one)).toEqual([1]);
  });
}
