import type { Database } from "../../database/contract.ts";
import { encodeValue } from "../../values/encode.ts";
import { LongText } from "../../values/long-text.ts";
import { scan } from "./collections.ts";
import type { DatabaseTests } from "./tests.ts";

export function pathTests({ test, expect }: DatabaseTests): void {
  async function places(database: Database, path: string, condition: unknown): Promise<unknown> {
    const found = await database.read("items", { [path]: condition }, scan);
    return found.map(({ place }) => place).sort();
  }

  test("a dotted path leads into an encoded field", async (database) => {
    const params = [
      { lr: 0.1, model: { depth: 2 } },
      { lr: NaN, model: { depth: 3n } },
      { model: null },
      { lr: new Date(5), model: "none" },
    ];
    await database.write(
      "items",
      params.map((value, place) => ({ group: 1, place, params: encodeValue(value) })),
    );
    expect(await places(database, "params.lr", 0.1)).toEqual([0]);
    expect(await places(database, "params.lr", NaN)).toEqual([1]);
    expect(await places(database, "params.lr", { $exists: false })).toEqual([2]);
    expect(await places(database, "params.lr", { $ne: 0.1 })).toEqual([1, 2, 3]);
    expect(await places(database, "params.model.depth", { $gte: 2 })).toEqual([0, 1]);
    expect(await places(database, "params.model.depth", 3n)).toEqual([1]);
    expect(await places(database, "params.model.depth", null)).toEqual([2, 3]);
    expect(await places(database, "params.model", "none")).toEqual([3]);
    expect(await places(database, "params.model", { depth: 2 })).toEqual([0]);
    expect(await places(database, "params", params[0])).toEqual([0]);
    expect(await places(database, "params", { $exists: false })).toEqual([]);
  });

  test("a long text of the codec is the same as its string or as its bytes, inserted or set", async (database) => {
    const value = { lr: 0.5, text: "größer ".repeat(2000) };
    const text = encodeValue(value);
    const given = [text, new LongText(text), new LongText(Buffer.from(text))];
    const documents = given.map((params, place) => ({ group: 1, place, params }));
    await database.write("items", documents);
    await database.write(
      "items",
      [3, 4, 5].map((place) => ({ group: 1, place })),
    );
    for (const [i, params] of given.entries()) {
      await database.write("items", { set: { params } }, { group: 1, place: 3 + i });
    }
    // A condition that not every backend finds by itself.
    const where = { group: 1, place: 4, "params.lr": 0.5 };
    await database.write("items", { set: { params: given[2] } }, where, scan);
    const found = await database.read("items", { group: 1 }, { select: ["params"] });
    expect(found.map(({ params }) => params === text)).toEqual(Array(6).fill(true));
    expect(await places(database, "params.lr", 0.5)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("a path leads into plain maps only", async (database) => {
    await database.write("items", [
      { group: 1, place: 0, deep: { list: [1], bytes: new Uint8Array([1]), date: new Date(0) } },
      { group: 1, place: 1, deep: { map: new Map([["a", 1]]), text: "ab" } },
    ]);
    for (const path of ["deep.list.0", "deep.bytes.0", "deep.map.a", "deep.text.length"]) {
      expect(await places(database, path, { $exists: true }), path).toEqual([]);
      expect(await places(database, path, 1), path).toEqual([]);
      expect(await places(database, path, null), path).toEqual([0, 1]);
    }
  });

  test("a path through a declared field that holds no map is absent", async (database) => {
    await database.write("items", {
      group: 1,
      place: 1,
      label: "not JSON",
      content: Buffer.from("x"),
    });
    for (const path of ["group.x", "label.x", "content.x", "weight.x"]) {
      expect(await places(database, path, 1), path).toEqual([]);
      expect(await places(database, path, { $lt: 1 }), path).toEqual([]);
      expect(await places(database, path, null), path).toEqual([1]);
    }
  });

  test("fields may have any name", async (database) => {
    const odd = [
      "$x",
      "it's",
      'q"uote',
      "back\\slash",
      "sp ace",
      "é😀",
      "constructor",
      "__proto__",
      "a\0b",
    ];
    for (const [place, name] of odd.entries()) {
      await database.write("items", {
        group: 1,
        place,
        ...JSON.parse(`{${JSON.stringify(name)}:7}`),
      });
    }
    for (const [place, name] of odd.entries()) {
      expect(await places(database, name, 7), name).toEqual([place]);
      const [stored] = await database.read("items", { group: 1, place });
      expect(Object.entries(stored ?? {}).at(-1), name).toEqual([name, 7]);
      const others = odd.map((_, other) => other).filter((other) => other !== place);
      expect(await places(database, name, { $exists: false }), name).toEqual(others);
      expect(await places(database, name, { $gt: 6 }), name).toEqual([place]);
    }
  });

  test("keys of maps may have any name", async (database) => {
    const odd = ["$x", "it's", 'q"uote', "back\\slash", "sp ace", "é😀", "constructor", "a\0b"];
    await database.write(
      "items",
      odd.map((key, place) => ({ group: 1, place, params: encodeValue({ [key]: { in: place } }) })),
    );
    for (const [place, key] of odd.entries()) {
      expect(await places(database, `params.${key}.in`, place), key).toEqual([place]);
      expect(await places(database, `params.${key}.in`, { $gte: 0 }), key).toEqual([place]);
    }
  });

  test("a field whose own name holds dots is found before what its path leads to", async (database) => {
    await database.write("items", [
      { group: 1, place: 0, "a.b": 1, a: { b: 2 } },
      { group: 1, place: 1, a: { b: 2 } },
      { group: 1, place: 2, a: { "b.c": 3 } },
      { group: 1, place: 3, "params.x": 4, params: encodeValue({ x: 5 }) },
    ]);
    expect(await places(database, "a.b", 1)).toEqual([0]);
    expect(await places(database, "a.b", 2)).toEqual([1]);
    expect(await places(database, "a.b", { $lt: 2 })).toEqual([0]);
    expect(await places(database, "a.b.c", 3)).toEqual([]);
    expect(await places(database, "params.x", 4)).toEqual([3]);
    expect(await places(database, "params.x", 5)).toEqual([]);
  });
}
