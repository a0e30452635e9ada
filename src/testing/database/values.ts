import type { Database, Document } from "../../database/contract.ts";
import { canonicalText } from "../../values/canonical.ts";
import { encodeValue } from "../../values/encode.ts";
import { scan } from "./collections.ts";
import { kinds } from "./kinds.ts";
import type { DatabaseTests } from "./tests.ts";

export function valueTests({ test, expect, isPersistent }: DatabaseTests): void {
  async function stored(database: Database, document: Document): Promise<Document | undefined> {
    await database.write("items", { group: 9, place: 9, ...document });
    const [found] = await database.read("items", { group: 9, place: 9 });
    return found;
  }

  for (const [name, value] of kinds) {
    test(`${name} comes back as it went in`, async (database) => {
      const found = await stored(database, { value, nested: { list: [value], map: { value } } });
      expect(Object.hasOwn(found ?? {}, "value")).toBe(true);
      // The canonical text tells apart what an equality of a test runner may not.
      expect(canonicalText(found?.["value"])).toBe(canonicalText(value));
      expect(canonicalText(found?.["nested"])).toBe(
        canonicalText({ list: [value], map: { value } }),
      );
    });
  }

  test("a document of every declared field comes back as it went in", async (database) => {
    const document = {
      label: `it's "quoted" 😀\n\t`,
      weight: -1.25e-300,
      params: encodeValue({ b: 1, a: [NaN, new Date(0)] }),
      dueAt: Infinity,
    };
    const content = new Uint8Array([0, 1, 255]).subarray(1);
    const found = await stored(database, { ...document, content });
    expect({ ...found, content: undefined }).toEqual({
      group: 9,
      place: 9,
      ...document,
      content: undefined,
    });
    expect(found?.["content"] instanceof Uint8Array).toBe(true);
    expect([...(found?.["content"] as Uint8Array)]).toEqual([1, 255]);
  });

  test("a declared field of no bytes or no characters is not absent", async (database) => {
    const found = await stored(database, { label: "", content: new Uint8Array() });
    expect(found?.["label"]).toBe("");
    expect((found?.["content"] as Uint8Array | undefined)?.length).toBe(0);
  });

  test("whole numbers are exact to 2^53", async (database) => {
    const found = await stored(database, { weight: 2 ** 53 - 1, value: -(2 ** 53) + 1 });
    expect(found?.["weight"]).toBe(2 ** 53 - 1);
    expect(found?.["value"]).toBe(-(2 ** 53) + 1);
    await database.write("items", { group: 2 ** 53 - 1, place: -(2 ** 53) + 1 });
    const [large] = await database.read("items", { group: 2 ** 53 - 1 });
    expect(large?.["place"]).toBe(-(2 ** 53) + 1);
  });

  test("an undefined field is absent, and null is absent in a declared one", async (database) => {
    const found = await stored(database, { value: undefined, weight: null, size: null });
    expect(found).toEqual({ group: 9, place: 9, size: null });
  });

  test("the keys of a map keep their order", async (database) => {
    const found = await stored(database, { value: { z: 1, a: { y: 1, b: 2 }, m: 3 } });
    expect(JSON.stringify(found?.["value"])).toBe('{"z":1,"a":{"y":1,"b":2},"m":3}');
  });

  test("what a declared field cannot hold is refused, and nothing is written", async (database) => {
    const refused: readonly Document[] = [
      { weight: "1" },
      { weight: NaN },
      { weight: 1n },
      { group: "1" },
      { label: 1 },
      { label: "a\0b" },
      { label: "\ud800" },
      { content: "bytes" },
      { params: { not: "encoded" } },
    ];
    for (const fields of refused) {
      const documents = [
        { group: 1, place: 1 },
        { group: 1, place: 2, ...fields },
      ];
      await expect(
        database.write("items", documents),
        JSON.stringify(Object.keys(fields)),
      ).rejects.toMatchObject({ code: "INVALID_VALUE" });
    }
    expect(await database.count("items", {}, scan)).toBe(0);
    await database.write("items", { group: 1, place: 1 });
    await expect(
      database.write("items", { set: { weight: NaN } }, { group: 1, place: 1 }),
    ).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });

  test("what cannot be stored is an error that names the path", async (database) => {
    await expect(
      database.write("items", { group: 1, place: 1, value: { list: [() => 1] } }),
    ).rejects.toMatchObject({ code: "INVALID_VALUE", details: { type: "function" } });
    expect(await database.count("items", {}, scan)).toBe(0);
  });

  test("documents are copies: changing one changes nothing stored", async (database) => {
    const value = { list: [1] };
    const first = await stored(database, { value });
    value.list.push(2);
    (first?.["value"] as typeof value).list.push(3);
    const [again] = await database.read("items", { group: 9, place: 9 });
    expect(again?.["value"]).toEqual({ list: [1] });
  });

  if (isPersistent) {
    test("another handle reads what was written", async (database, another) => {
      await database.write("items", { group: 1, place: 1, value: [1n, new Date(3)] });
      await database.write("things", { name: "undeclared" });
      const other = await another();
      expect(await other.read("items", { group: 1 })).toEqual([
        { group: 1, place: 1, value: [1n, new Date(3)] },
      ]);
      expect(await other.read("things", {}, scan)).toEqual([{ name: "undeclared" }]);
      await other.write("things", { name: "second" });
      expect(await database.count("things", {}, scan)).toBe(2);
    });
  }
}
