import type { CollectionDeclaration, Database } from "../../database/contract.ts";
import { contractCollections, scan } from "./collections.ts";
import type { DatabaseTests } from "./tests.ts";

export function lifecycleTests(tests: DatabaseTests): void {
  const { test, expect, capabilities, isPersistent } = tests;

  test("defining collections again changes nothing", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    await database.define(contractCollections);
    expect(await database.count("items", { group: 1 })).toBe(1);
  });

  test("a collection may get more fields and indexes", async (database) => {
    await database.write("items", { group: 1, place: 1, color: "red" });
    const [items] = contractCollections;
    const grown: CollectionDeclaration = {
      name: "items",
      fields: { ...items?.fields, height: "real" },
      indexes: [...(items?.indexes ?? []), { fields: ["height"] }],
    };
    await database.define([grown]);
    await database.write("items", { group: 1, place: 2, height: 4 });
    expect(await database.read("items", { height: { $gt: 3 } })).toEqual([
      { group: 1, place: 2, height: 4 },
    ]);
    expect(await database.read("items", { group: 1, place: 1 })).toEqual([
      { group: 1, place: 1, color: "red" },
    ]);
  });

  test("a collection has a name of lower-case letters, digits and _", async (database) => {
    for (const name of [
      "",
      "Items",
      "a b",
      "1a",
      'a"; DROP TABLE items; --',
      "sqlite_x",
      "assay_x",
    ]) {
      await expect(database.write(name, { a: 1 }), name).rejects.toMatchObject({
        code: "INVALID_QUERY",
      });
      await expect(database.read(name, {}, scan), name).rejects.toMatchObject({
        code: "INVALID_QUERY",
      });
    }
  });

  test("the capabilities are what the backend declares", async (database) => {
    expect(database.capabilities).toEqual(capabilities);
  });

  test("the database's time goes forward, the same for every handle", async (database, another) => {
    const other = await another();
    const first = await database.now();
    const second = await other.now();
    const third = await database.now();
    expect(first <= second + 50 && second <= third + 50 && first <= third).toBe(true);
  });

  test("use after close is an error that says so", async (database) => {
    await database.write("items", { group: 1, place: 1 });
    await database.close();
    await database.close();
    const uses: readonly ((closed: Database) => Promise<unknown>)[] = [
      (closed) => closed.read("items", { group: 1 }),
      (closed) => closed.count("items", { group: 1 }),
      (closed) => closed.write("items", { group: 1, place: 2 }),
      (closed) => closed.remove("items", { group: 1 }),
      (closed) => closed.readAndWrite("items", { group: 1 }, { set: { weight: 1 } }),
      (closed) => closed.batch([]),
      (closed) => closed.define(contractCollections),
      (closed) => closed.ensureIndex("items", { fields: ["weight"] }),
      (closed) => closed.indexInformation("items"),
      (closed) => closed.dropIndex("items", "label"),
      (closed) => closed.replaceViews([], []),
      (closed) => closed.now(),
    ];
    for (const use of uses) {
      await expect(use(database)).rejects.toMatchObject({
        code: "MODE",
        message: `The storage ${database.location} is closed`,
      });
    }
  });

  if (!isPersistent) return;

  test("what was written outlives the handle", async (database, another) => {
    await database.write("items", { group: 1, place: 1 });
    await database.ensureIndex("things", { fields: ["color"] });
    await database.dropIndex("items", "label");
    await database.close();
    const again = await another();
    expect(await again.read("items", { group: 1 })).toEqual([{ group: 1, place: 1 }]);
    expect(await again.indexInformation("things")).toEqual({ color: false });
    expect(await again.indexInformation("items")).toEqual({
      group_place: true,
      group_dueAt_place: false,
    });
  });
}
