import type { Database, Document } from "../../database/contract.ts";
import { serverTime } from "../../database/contract.ts";
import { matchesDocument } from "../../database/match.ts";
import { parseQuery } from "../../database/query.ts";
import { scan } from "./collections.ts";
import { kinds } from "./kinds.ts";
import type { DatabaseTests } from "./tests.ts";

const comparisons = ["$ne", "$gt", "$gte", "$lt", "$lte"] as const;

/** A document for each kind of value in a field, and one without the field. */
function documentsWith(field: (value: unknown) => Document): Document[] {
  const present = kinds.map(([name, value], place) => ({ place, name, ...field(value) }));
  return [...present, { place: present.length, name: "absent" }];
}

export function operatorTests({ test, expect }: DatabaseTests): void {
  async function names(database: Database, condition: unknown, path = "value"): Promise<unknown> {
    const found = await database.read("things", { [path]: condition }, scan);
    return found.map((document) => document["name"]).sort();
  }

  const small = [
    { name: "absent" },
    { name: "null", value: null },
    { name: "one", value: 1 },
    { name: "two", value: 2 },
    { name: "text", value: "1" },
    { name: "true", value: true },
    { name: "NaN", value: NaN },
    { name: "date", value: new Date(1) },
    { name: "list", value: [1] },
  ];

  test("equality tells kinds apart", async (database) => {
    await database.write("things", small);
    expect(await names(database, 1)).toEqual(["one"]);
    expect(await names(database, "1")).toEqual(["text"]);
    expect(await names(database, true)).toEqual(["true"]);
    expect(await names(database, NaN)).toEqual(["NaN"]);
    expect(await names(database, new Date(1))).toEqual(["date"]);
    expect(await names(database, [1])).toEqual(["list"]);
    expect(await names(database, 1n)).toEqual([]);
  });

  test("null equals null and what is absent", async (database) => {
    await database.write("things", small);
    expect(await names(database, null)).toEqual(["absent", "null"]);
    expect(await names(database, { $in: [null, 2] })).toEqual(["absent", "null", "two"]);
  });

  test("$ne is the complement of equality, absent fields included", async (database) => {
    await database.write("things", small);
    const others = small.map(({ name }) => name).filter((name) => name !== "one");
    expect(await names(database, { $ne: 1 })).toEqual(others.sort());
    const present = small.map(({ name }) => name).filter((name) => !/absent|null/.test(name));
    expect(await names(database, { $ne: null })).toEqual(present.sort());
  });

  test("$exists asks for the field, and null is a value", async (database) => {
    await database.write("things", small);
    expect(await names(database, { $exists: false })).toEqual(["absent"]);
    const present = small.map(({ name }) => name).filter((name) => name !== "absent");
    expect(await names(database, { $exists: true })).toEqual(present.sort());
  });

  test("ranges match values of the operand's own class only", async (database) => {
    await database.write("things", small);
    expect(await names(database, { $gte: 1 })).toEqual(["one", "two"]);
    expect(await names(database, { $gt: 1 })).toEqual(["two"]);
    expect(await names(database, { $lt: 2 })).toEqual(["one"]);
    expect(await names(database, { $lte: 2, $gt: 0 })).toEqual(["one", "two"]);
    expect(await names(database, { $gte: "" })).toEqual(["text"]);
    expect(await names(database, { $lt: new Date(2) })).toEqual(["date"]);
    expect(await names(database, { $gte: null })).toEqual([]);
    expect(await names(database, { $gte: true })).toEqual([]);
    expect(await names(database, { $gte: NaN })).toEqual([]);
  });

  test("$in with no items matches nothing", async (database) => {
    await database.write("things", small);
    expect(await names(database, { $in: [] })).toEqual([]);
    expect(await names(database, { $in: [1, "1", new Date(1)] })).toEqual(["date", "one", "text"]);
  });

  test("conditions on several fields are joined by and", async (database) => {
    await database.write("things", [
      { name: "both", a: 1, b: 2 },
      { name: "a only", a: 1, b: 3 },
      { name: "b only", b: 2 },
    ]);
    const found = await database.read("things", { a: 1, b: { $lte: 2 } }, scan);
    expect(found.map(({ name }) => name)).toEqual(["both"]);
    expect(await database.count("things", {}, scan)).toBe(3);
  });

  const places: readonly (readonly [string, string, (value: unknown) => Document])[] = [
    ["an undeclared field", "value", (value) => ({ value })],
    ["a map", "nested.value", (value) => ({ nested: { value } })],
    ["a map with odd keys", "odd.value", (value) => ({ odd: { $odd: 1, value } })],
  ];
  for (const [where, path, field] of places) {
    test(`every operator answers as it is defined, in ${where}`, async (database) => {
      const documents = documentsWith(field);
      await database.write("things", documents);
      for (const [name, operand] of kinds) {
        const conditions = [
          ...comparisons.map((operator) => ({ [operator]: operand })),
          { $in: [operand, 2, "a"] },
          { $in: [operand] },
          // A map with such keys would be read as operators.
          ...(name === "map with odd keys" ? [] : [operand]),
        ];
        for (const condition of conditions) {
          const query = parseQuery({ [path]: condition });
          const expected = documents.filter((document) => matchesDocument(document, query, {}));
          expect(await names(database, condition, path), `${name} as ${path}`).toEqual(
            expected.map((document) => document["name"]).sort(),
          );
        }
      }
    });
  }

  test("every operator answers as it is defined, in declared fields", async (database) => {
    const fields = { label: "text", weight: "real", group: "integer", content: "bytes" } as const;
    const documents: Document[] = [
      { place: 0 },
      { place: 1, label: "", weight: 0, group: 0, content: new Uint8Array() },
      { place: 2, label: "1", weight: 1, group: 1, content: new Uint8Array([1]) },
      { place: 3, label: "é", weight: -1.5, group: -7, content: new Uint8Array([255, 0]) },
      { place: 4, label: "😀", weight: Infinity, group: 2 ** 53 - 1 },
      { place: 5, label: "\uffff", weight: -Infinity, group: 2 ** 40 },
    ].map((document) => ({ ...document, dueAt: document.place }));
    await database.write("items", documents);
    const operands = kinds.filter(([, value]) => !Object.is(value, -0));
    for (const path of Object.keys(fields)) {
      for (const [name, operand] of operands) {
        const conditions = [
          ...comparisons.map((operator) => ({ [operator]: operand })),
          { $in: [operand, 1, "1", Infinity] },
          { $in: [operand, null] },
          { $in: [operand] },
          ...(name === "map with odd keys" ? [] : [operand]),
          { $exists: false },
        ];
        for (const condition of conditions) {
          const query = parseQuery({ [path]: condition });
          const expected = documents.filter((document) => matchesDocument(document, query, fields));
          const found = await database.read("items", { [path]: condition }, scan);
          expect(found.map(({ place }) => place).sort(), `${name} as ${path}`).toEqual(
            expected.map(({ place }) => place),
          );
        }
      }
    }
  });

  test("the database's time is an operand", async (database) => {
    const now = await database.now();
    await database.write("things", [
      { name: "past", value: now - 1000 },
      { name: "future", value: now + 1_000_000 },
    ]);
    await database.write("items", [
      { group: 1, place: 1, dueAt: now - 1000 },
      { group: 1, place: 2, dueAt: now + 1_000_000 },
    ]);
    expect(await names(database, { $lte: serverTime() })).toEqual(["past"]);
    expect(await names(database, { $gt: serverTime(500_000) })).toEqual(["future"]);
    const due = await database.read("items", { group: 1, dueAt: { $lte: serverTime() } });
    expect(due.map(({ place }) => place)).toEqual([1]);
  });

  test("an unknown operator is an error that names the nearest", async (database) => {
    for (const operator of ["$nin", "$or", "$regex", "$GT", "$eq"]) {
      await expect(
        database.read("things", { value: { [operator]: 1 } }, scan),
      ).rejects.toMatchObject({ code: "INVALID_QUERY", details: { operator } });
    }
    await expect(database.read("things", { value: { $gtee: 1 } }, scan)).rejects.toMatchObject({
      message:
        'Unknown operator "$gtee" on "value"; did you mean "$gte"? (one of $ne $in $gt $gte $lt $lte $exists)',
    });
    await expect(database.read("things", { value: { $gt: 1, a: 2 } }, scan)).rejects.toMatchObject({
      code: "INVALID_QUERY",
    });
  });

  test("an operand of the wrong form is an error", async (database) => {
    for (const condition of [{ $in: 1 }, { $exists: 1 }, { $gt: undefined }, undefined]) {
      await expect(database.read("things", { value: condition }, scan)).rejects.toMatchObject({
        code: "INVALID_QUERY",
      });
    }
  });
}
