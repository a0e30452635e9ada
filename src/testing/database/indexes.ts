import type { DatabaseTests } from "./tests.ts";

export function indexTests({ test, expect }: DatabaseTests): void {
  test("a query that no index answers is refused, and named", async (database) => {
    const shapes: readonly (readonly [object, object])[] = [
      [{}, {}],
      [{ color: "red" }, {}],
      [{ place: 1 }, {}],
      [{ group: { $ne: 1 } }, {}],
      [{ group: 1, color: "red" }, {}],
      [{ group: 1, dueAt: { $lte: 1 }, place: { $gt: 1 } }, {}],
      [{ group: 1 }, { sort: [{ field: "weight" }] }],
      [{ group: 1 }, { sort: [{ field: "place" }, { field: "dueAt" }] }],
      [{ dueAt: { $lte: 1 } }, {}],
      [{ label: { $exists: false } }, {}],
      [{ label: { $ne: true } }, {}],
      [{ group: 1, dueAt: null }, { sort: [{ field: "dueAt" }] }],
    ];
    for (const [query, options] of shapes) {
      await expect(
        database.read("items", { ...query }, options),
        JSON.stringify(query),
      ).rejects.toMatchObject({
        code: "INVALID_QUERY",
      });
      await database.read("items", { ...query }, { ...options, scan: true });
    }
    await expect(database.count("items", { color: "red" })).rejects.toMatchObject({
      code: "INVALID_QUERY",
      message: 'No index of "items" answers a query for color $eq; declare one, or pass scan',
    });
    await expect(database.remove("items", {})).rejects.toMatchObject({ code: "INVALID_QUERY" });
    await expect(
      database.write("items", { set: { weight: 1 } }, { color: "red" }),
    ).rejects.toMatchObject({ code: "INVALID_QUERY" });
    await expect(
      database.readAndWrite("items", { color: "red" }, { set: { weight: 1 } }),
    ).rejects.toMatchObject({ code: "INVALID_QUERY" });
  });

  test("a query that an index answers needs no scan", async (database) => {
    await database.write("items", { group: 1, place: 2, dueAt: 3, label: "a", color: "red" });
    const shapes: readonly (readonly [object, object])[] = [
      [{ group: 1 }, {}],
      [{ group: 1, place: 2 }, {}],
      [{ group: 1, place: 2, color: "red" }, {}],
      [
        { group: 1, place: { $gt: 1, $lte: 5 } },
        { sort: [{ field: "place" }], limit: 3 },
      ],
      [{ group: 1 }, { sort: [{ field: "place", descending: true }] }],
      [{ group: 1, dueAt: { $lte: 9 } }, { sort: [{ field: "dueAt" }, { field: "place" }] }],
      [{ group: { $in: [1, 2] } }, {}],
      [{ label: "a" }, {}],
      [{ label: { $exists: true } }, {}],
    ];
    for (const [query, options] of shapes) {
      const found = await database.read("items", { ...query }, options);
      expect(
        found.map(({ place }) => place),
        JSON.stringify(query),
      ).toEqual([2]);
    }
  });

  test("index information tells the indexes and which are unique", async (database) => {
    expect(await database.indexInformation("items")).toEqual({
      group_place: true,
      group_dueAt_place: false,
      label: true,
    });
    expect(await database.indexInformation("things")).toEqual({});
  });

  test("an index may be made later, twice, on undeclared fields, and dropped", async (database) => {
    await database.write("things", [{ color: "red" }, { color: "blue", deep: { key: 1 } }]);
    await expect(database.read("things", { color: "red" })).rejects.toMatchObject({
      code: "INVALID_QUERY",
    });
    await database.ensureIndex("things", { fields: ["color"] });
    await database.ensureIndex("things", { fields: ["color"] });
    await database.ensureIndex("things", {
      fields: ["deep.key"],
      unique: true,
      sparse: "deep.key",
    });
    expect(await database.read("things", { color: "red" })).toEqual([{ color: "red" }]);
    expect((await database.read("things", { "deep.key": 1 })).length).toBe(1);
    expect(await database.indexInformation("things")).toEqual({ color: false, "deep.key": true });

    await database.dropIndex("things", "color");
    expect(await database.indexInformation("things")).toEqual({ "deep.key": true });
    await expect(database.read("things", { color: "red" })).rejects.toMatchObject({
      code: "INVALID_QUERY",
    });
  });

  test("dropping an index that is not there is NOT_FOUND with the nearest name", async (database) => {
    await expect(database.dropIndex("items", "labl")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message:
        'No index "labl" on "items"; did you mean "label"? (group_place, group_dueAt_place, label)',
    });
  });

  test("an index that has the name of another is CONFLICT, and the other stays", async (database) => {
    for (const index of [
      { fields: ["group", "place"] },
      { fields: ["group_place"], unique: true },
      { fields: ["label"], unique: true },
    ]) {
      await expect(database.ensureIndex("items", index)).rejects.toMatchObject({
        code: "CONFLICT",
      });
    }
    expect(await database.indexInformation("items")).toEqual({
      group_place: true,
      group_dueAt_place: false,
      label: true,
    });
  });

  test("a unique index forbids a second document, and its drop allows it", async (database) => {
    await database.ensureIndex("things", { fields: ["a", "b"], unique: true });
    await database.write("things", { a: 1, b: "x" });
    await database.write("things", { a: 1, b: "y" });
    await expect(database.write("things", { a: 1, b: "x" })).rejects.toMatchObject({
      code: "DUPLICATE",
    });
    await expect(
      database.write("things", { set: { b: "x" } }, { a: 1, b: "y" }),
    ).rejects.toMatchObject({ code: "DUPLICATE" });
    await database.dropIndex("things", "a_b");
    await database.write("things", { a: 1, b: "x" });
    expect(await database.count("things", {}, { scan: true })).toBe(3);
  });

  test("a unique index over documents that forbid it is DUPLICATE and not made", async (database) => {
    await database.write("things", [{ a: 1 }, { a: 1 }]);
    await expect(
      database.ensureIndex("things", { fields: ["a"], unique: true }),
    ).rejects.toMatchObject({ code: "DUPLICATE" });
    expect(await database.indexInformation("things")).toEqual({});
    // The collection is as usable as before.
    await database.write("things", { a: 1 });
    expect(await database.count("things", {}, { scan: true })).toBe(3);
  });

  test("a sparse unique index leaves documents without its field alone", async (database) => {
    await database.write("items", [
      { group: 1, place: 1 },
      { group: 1, place: 2 },
      { group: 1, place: 3, label: "a" },
    ]);
    await expect(database.write("items", { group: 1, place: 4, label: "a" })).rejects.toMatchObject(
      { code: "DUPLICATE" },
    );
  });
}
