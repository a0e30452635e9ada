import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeProgram } from "../../../../test/support/node-program.ts";
import { projectFolder } from "../../../../test/support/project-folder.ts";
import { storableValues } from "../../../../test/support/storable-values.ts";
import { bootId, monotonicMs } from "../../../util/boot.ts";
import { encodeValue } from "../../../values/encode.ts";
import { serverTime, type Document, type ViewDeclaration } from "../../contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { matchesDocument } from "../../match.ts";
import { parseQuery } from "../../query.ts";
import type { Connection } from "./connection.ts";
import { openConnection } from "./open-connection.ts";
import { openSqlite, openSqliteInMemory } from "./open.ts";

const collections = [
  {
    name: "items",
    fields: { place: "integer", params: "encoded" },
    indexes: [{ fields: ["place"], unique: true }],
  },
] as const;

async function openFile(path: string): Promise<ManagedDatabase> {
  const database = new ManagedDatabase(await openSqlite({ path, collections }));
  await database.define(collections);
  return database;
}

test("a file is in WAL mode and syncs every commit, unless that is given up", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const synchronous = { full: 2, normal: 1 };
  for (const durability of ["full", "normal"] as const) {
    const { raw } = await openConnection(path, path, durability);
    expect(raw.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(raw.pragma("synchronous", { simple: true })).toBe(synchronous[durability]);
    expect(raw.pragma("wal_autocheckpoint", { simple: true })).toBeGreaterThan(1000);
    raw.close();
  }
});

test("the log is brought into the file less often by who writes alone than by one of several", async () => {
  const path = (await projectFolder({})).path("a.db");
  const connections = [
    await openConnection(path, path, "normal"),
    await openConnection(path, path, "normal"),
  ] as const;
  const pages = (): unknown[] =>
    connections.map(({ raw }) => raw.pragma("wal_autocheckpoint", { simple: true }));
  const [first, second] = connections;
  await first.transaction(() => first.raw.exec("CREATE TABLE steps (i INTEGER)"));
  const write = async (connection: Connection): Promise<void> => {
    await connection.transaction(() => connection.raw.exec("INSERT INTO steps VALUES (1)"));
  };
  for (let i = 0; i < 200; i += 1) await write(first);
  expect(pages()).toEqual([16_000, 16_000]);
  for (let i = 0; i < 200; i += 1) for (const connection of connections) await write(connection);
  expect(pages()).toEqual([4000, 4000]);
  for (let i = 0; i < 200; i += 1) await write(second);
  expect(pages()).toEqual([4000, 16_000]);
  for (const connection of connections) await connection.close();
});

test("a file is marked as Assay's", async () => {
  const folder = await projectFolder({});
  await (await openFile(folder.path("a.db"))).close();
  expect(readFileSync(folder.path("a.db")).toString("latin1", 68, 72)).toBe("ASSY");
});

test("the folder of a file is created", async () => {
  const folder = await projectFolder({});
  await (await openFile(folder.path("deep/er/a.db"))).close();
  expect(existsSync(folder.path("deep/er/a.db"))).toBe(true);
});

test("an empty file becomes a database", async () => {
  const folder = await projectFolder({ "a.db": "" });
  const database = await openFile(folder.path("a.db"));
  expect(await database.count("items", {}, { scan: true })).toBe(0);
  await database.close();
});

test("a file that shall not be created is NOT_FOUND, and neither it nor its folder is made", async () => {
  const folder = await projectFolder({});
  const path = folder.path("deep/a.db");
  await expect(openSqlite({ path, collections, create: false })).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: `There is no database at ${path} yet; "assay run" creates it`,
  });
  expect(existsSync(folder.path("deep"))).toBe(false);
});

test("a folder is not a database", async () => {
  const { root } = await projectFolder({});
  await expect(openSqlite({ path: root, collections })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    message: `${root} is a folder; name a file in it, such as ${root}/assay.db`,
  });
});

test("a path that cannot be written to is STORAGE_UNAVAILABLE, in one line", async () => {
  const folder = await projectFolder({ file: "text" });
  // Permissions do not bind root; that a folder is a file, or that the kernel owns it, binds everybody.
  for (const path of [folder.path("file/a.db"), "/proc/assay/a.db", "/proc/assay.db"]) {
    await expect(openSqlite({ path, collections }), path).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringMatching(/^[^\n]+$/),
    });
  }
});

test("a file that is no database is refused and left alone", async () => {
  const text = "This is no database.\n".repeat(100);
  const folder = await projectFolder({ "a.db": text });
  const path = folder.path("a.db");
  await expect(openSqlite({ path, collections })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    message: `${path} is not an SQLite database`,
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("another program's database is refused and left alone", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const theirs = new Sqlite(path);
  theirs.exec("CREATE TABLE theirs (a)");
  theirs.close();
  const before = readFileSync(path);
  const refused = {
    code: "STORAGE_UNAVAILABLE",
    message: `${path} is a database of another program`,
  };
  await expect(openSqlite({ path, collections })).rejects.toMatchObject(refused);
  expect(readFileSync(path).equals(before)).toBe(true);

  const marked = new Sqlite(folder.path("b.db"));
  marked.pragma("application_id = 77");
  marked.close();
  await expect(openSqlite({ path: folder.path("b.db"), collections })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
  });
});

test("a file that was cut off is CORRUPT", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const database = await openFile(path);
  await database.write(
    "items",
    Array.from({ length: 500 }, (_, place) => ({ place, text: "x".repeat(500) })),
  );
  await database.close();
  writeFileSync(path, readFileSync(path).subarray(0, 40_960));
  const read = async (): Promise<unknown> => {
    const again = new ManagedDatabase(await openSqlite({ path, collections }));
    return await again.read("items", {}, { scan: true });
  };
  await expect(read()).rejects.toMatchObject({ code: "CORRUPT", message: `${path} is damaged` });
});

test("a file whose ids are texts, as another version of Assay keeps them, is CORRUPT in one line", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const kept = (type: "text" | "id") => [{ name: "marks", fields: { id: type }, indexes: [] }];
  const earlier = new ManagedDatabase(await openSqlite({ path, collections: kept("text") }));
  await earlier.define(kept("text"));
  await earlier.write("marks", { id: "0".repeat(32) });
  await earlier.close();
  const database = new ManagedDatabase(await openSqlite({ path, collections: kept("id") }));
  await expect(database.read("marks", {}, { scan: true })).rejects.toMatchObject({
    code: "CORRUPT",
    message:
      'The field "id" of "marks" holds string where an id is kept as bytes; another version of Assay wrote it',
  });
  await database.close();
});

test("an id is kept as its 16 bytes, and a view shows its digits", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const marks = [{ name: "marks", fields: { id: "id", place: "integer" }, indexes: [] }] as const;
  const database = new ManagedDatabase(await openSqlite({ path, collections: marks }));
  await database.define(marks);
  const id = "0123456789abcdef0123456789abcdef";
  await database.write("marks", [{ id, place: 1 }, { place: 2 }]);
  const columns = { id: "id", place: "place" };
  const view = (name: string, query: Document): ViewDeclaration => {
    return { name, collection: "marks", query, columns };
  };
  await database.replaceViews([view("every", {}), view("chosen", { id })], []);
  const raw = new Sqlite(path, { readonly: true });
  expect(
    raw.prepare("select typeof(id), length(id) from marks where place = 1").raw().get(),
  ).toEqual(["blob", 16]);
  expect(raw.prepare("select * from every").all()).toEqual([
    { id, place: 1 },
    { id: null, place: 2 },
  ]);
  expect(raw.prepare("select * from chosen").all()).toEqual([{ id, place: 1 }]);
  raw.close();
  await database.close();
});

test.each([
  ["is removed", (path: string) => rmSync(path), ""],
  ["is moved away", (path: string) => renameSync(path, `${path}.old`), ""],
  [
    "is replaced",
    (path: string) => {
      copyFileSync(path, `${path}.new`);
      renameSync(`${path}.new`, path);
    },
    "",
  ],
  ["loses its log", (path: string) => rmSync(`${path}-wal`), "-wal"],
  ["loses the index of its log", (path: string) => rmSync(`${path}-shm`), "-shm"],
])("what is written to a file that %s is refused, from then on", async (_, remove, suffix) => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const database = await openFile(path);
  await database.write("items", { place: 1 });
  const files = ["", "-wal", "-shm"].map((end) => [path + end, readFileSync(path + end)] as const);
  remove(path);
  const lost = {
    code: "STORAGE_UNAVAILABLE",
    message: `${path}${suffix} was removed or replaced while it was in use`,
  };
  await expect(database.write("items", { place: 2 })).rejects.toMatchObject(lost);
  for (const [file, content] of files) writeFileSync(file, content);
  await expect(database.write("items", { place: 3 })).rejects.toMatchObject(lost);
  await database.close();
});

test.each([
  ["to nothing", "", () => 0],
  ["to a half", "", (size: number) => Math.floor(size / 2)],
  ["within its last page", "", (size: number) => size - 1],
  ["to nothing, in its log,", "-wal", () => 0],
  ["to a half, in its log,", "-wal", (size: number) => Math.floor(size / 2)],
])("a file that is cut off %s while it is open is CORRUPT", async (_, suffix, sizeOf) => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openFile(path)).close();
  const fill = async (from: number): Promise<ManagedDatabase> => {
    const database = await openFile(path);
    const places = Array.from({ length: 500 }, (_, i) => from + i);
    const text = "x".repeat(500);
    await database.write(
      "items",
      places.map((place) => ({ place, text })),
    );
    return database;
  };
  await (await fill(0)).close();
  const database = suffix === "" ? await openFile(path) : await fill(500);
  await database.write("items", { place: 2000 });
  const file = path + suffix;
  truncateSync(file, sizeOf(statSync(file).size));
  await expect(database.write("items", { place: 2001 })).rejects.toMatchObject({
    code: "CORRUPT",
    message: `${path} was cut off while it was in use`,
  });
  await expect(database.write("items", { place: 2002 })).rejects.toMatchObject({ code: "CORRUPT" });
  await database.close();
});

test("a file may be made smaller by another program that uses SQLite", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const database = await openFile(path);
  const text = "x".repeat(500);
  await database.write(
    "items",
    Array.from({ length: 500 }, (_, place) => ({ place, text })),
  );
  const other = new Sqlite(path);
  other.pragma("wal_checkpoint(TRUNCATE)");
  expect(await database.write("items", { place: 1000 })).toBe(1);
  await database.remove("items", { place: { $lt: 500 } });
  const { size } = statSync(path);
  other.exec("VACUUM");
  other.pragma("wal_checkpoint(TRUNCATE)");
  expect(statSync(path).size).toBeLessThan(size);
  expect(await database.write("items", { place: 1001 })).toBe(1);
  other.close();
  expect(await database.count("items", {}, { scan: true })).toBe(2);
  await database.close();
});

test("many handles may create one file at the same time", async () => {
  const folder = await projectFolder({});
  const handles = await Promise.all(
    Array.from({ length: 8 }, async () => await openFile(folder.path("a.db"))),
  );
  await Promise.all(handles.map(async (handle, place) => await handle.write("items", { place })));
  expect(await handles[0]?.count("items", {}, { scan: true })).toBe(8);
  for (const handle of handles) await handle.close();
});

test("a file that another process holds locked is waited for", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const database = await openFile(path);
  const holdLock = await nodeProgram(folder, "hold-lock");
  const holder = holdLock(path, "3000");
  expect(await holder.line()).toBe("locked");

  const second = await openFile(path);
  await Promise.all([database.write("items", { place: 1 }), second.write("items", { place: 2 })]);
  const raw = new Sqlite(path, { readonly: true });
  // The table is the last thing that the holder made under its lock.
  expect(raw.prepare("SELECT count(*) FROM held").pluck().get()).toBe(0);
  raw.close();
  expect(await database.count("items", {}, { scan: true })).toBe(2);
  await holder.rest();
  await second.close();
  await database.close();
}, 60_000);

test("the time is the same in every process", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const databaseTime = await nodeProgram(folder, "database-time");
  const other = databaseTime(path);
  other.process.stdin?.write("\n");
  await other.line();

  const database = new ManagedDatabase(await openSqlite({ path, collections }));
  for (let i = 0; i < 5; i += 1) {
    const before = await database.now();
    other.process.stdin?.write("\n");
    const theirs = Number(await other.line());
    const after = await database.now();
    expect(theirs).toBeGreaterThanOrEqual(before - 1);
    expect(theirs).toBeLessThanOrEqual(after + 1);
  }
  other.process.stdin?.end();
  await other.rest();
  await database.close();
});

test("the time is the machine's monotonic one with an offset that the file keeps for this boot", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openFile(path)).close();
  const raw = new Sqlite(path);
  const stored = raw.prepare("SELECT boot, offset FROM assay_clock").all();
  expect(stored).toEqual([{ boot: bootId(), offset: expect.any(Number) }]);

  raw.prepare("UPDATE assay_clock SET offset = 1000000").run();
  const database = await openFile(path);
  const before = monotonicMs() + 1_000_000;
  const now = await database.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(monotonicMs() + 1_000_000);
  await database.close();
  raw.close();
});

test("after another boot the time starts anew, near the wall clock", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openFile(path)).close();
  const raw = new Sqlite(path);
  raw.prepare("UPDATE assay_clock SET boot = 'another', offset = 1").run();
  const database = await openFile(path);
  expect(Math.abs((await database.now()) - Date.now())).toBeLessThan(60_000);
  expect(raw.prepare("SELECT boot FROM assay_clock").pluck().all()).toEqual([bootId()]);
  await database.close();
  raw.close();
});

test("the time never goes back, though the wall clock be behind after another boot", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openFile(path)).close();
  const raw = new Sqlite(path);
  const dayMs = 24 * 3600 * 1000;
  raw.prepare("UPDATE assay_clock SET offset = offset + ?").run(dayMs);
  const before = await openFile(path);
  // An operation that is undone is no reason to forget the time of the one before.
  const query = { place: 1 };
  const operations = [
    { kind: "update", collection: "items", query, change: {}, required: true },
  ] as const;
  await before.batch(operations);
  await before.batch([
    { kind: "insert", collection: "items", documents: [{ place: 0 }] },
    {
      kind: "update",
      collection: "items",
      query: { place: 0 },
      change: { set: { time: serverTime() } },
    },
  ]);
  const [{ time } = {}] = await before.read("items", { place: 0 });
  await before.close();

  raw.prepare("UPDATE assay_clock SET boot = 'another'").run();
  const after = await openFile(path);
  expect(await after.now()).toBeGreaterThanOrEqual(time as number);
  await after.close();
  raw.close();
});

test("a file whose clock did not remember the time yet is used as it is", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openFile(path)).close();
  const raw = new Sqlite(path);
  raw.exec("ALTER TABLE assay_clock DROP COLUMN reached");
  const database = await openFile(path);
  await database.write("items", { place: 1 });
  expect(raw.prepare("SELECT reached FROM assay_clock").pluck().get()).toBeGreaterThan(0);
  await database.close();
  raw.close();
});

test("a view shows what is inside encoded fields as columns", async () => {
  const folder = await projectFolder({});
  const database = await openFile(folder.path("a.db"));
  await database.write("items", [
    { place: 1, params: encodeValue({ lr: 0.5, "it's": "x", model: { depth: 3 } }) },
    { place: 2, params: encodeValue({ lr: NaN }) },
  ]);
  const view: ViewDeclaration = {
    name: `it's a "view"`,
    collection: "items",
    query: { place: 1 },
    columns: {
      place: "place",
      lr: "params.lr",
      "it's": "params.it's",
      depth: "params.model.depth",
    },
  };
  await database.replaceViews([view], []);
  await database.replaceViews([view], []);
  const raw = new Sqlite(folder.path("a.db"), { readonly: true });
  expect(raw.prepare(`select * from "it's a ""view"""`).all()).toEqual([
    { place: 1, lr: 0.5, "it's": "x", depth: 3 },
  ]);
  await database.replaceViews([], [view.name, "never made"]);
  expect(raw.prepare("select count(*) from sqlite_master where type = 'view'").pluck().get()).toBe(
    0,
  );
  raw.close();
  await database.close();
});

test("any query of any documents is answered as it is defined", async () => {
  const fields = collections[0].fields;
  const path = fc.constantFrom(
    "value",
    "map.a",
    "params.a",
    "params",
    "params.b.c",
    "a.b",
    "place",
  );
  const operator = fc.constantFrom("$ne", "$gt", "$gte", "$lt", "$lte", "$eq");
  const document = fc.record(
    {
      value: storableValues,
      map: fc.record({ a: storableValues }),
      params: fc
        .record({ a: storableValues, b: fc.record({ c: storableValues }) }, { requiredKeys: [] })
        .map((value) => encodeValue(value)),
      "a.b": storableValues,
      a: fc.record({ b: storableValues }),
    },
    { requiredKeys: [] },
  );
  const database = new ManagedDatabase(await openSqliteInMemory(collections));
  await database.define(collections);
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 6 }),
      path,
      operator,
      fc.oneof(storableValues, fc.constantFrom(0, 1, "", null)),
      fc.nat(5),
      async (given, where, name, operand, chosen) => {
        await database.remove("items", {}, { scan: true });
        const documents: Document[] = given.map((fields, place) => ({ ...fields, place }));
        await database.write("items", documents);
        // Often the operand is a value that is there, so that equality is met too.
        const present: unknown = Reflect.get(documents[chosen] ?? {}, where);
        const value = present ?? operand ?? null;
        // Declared numbers do not tell 0 from -0.
        fc.pre(where !== "place" || !Object.is(value, -0));
        const condition = name === "$eq" ? { $in: [value] } : { [name]: value };
        const query = { [where]: condition };
        const expected = documents.filter((one) => matchesDocument(one, parseQuery(query), fields));
        const found = await database.read("items", query, { scan: true });
        const places = (list: readonly Document[]): unknown =>
          list.map((one) => one["place"]).sort();
        expect(places(found)).toEqual(places(expected));
        expect(await database.count("items", query, { scan: true })).toBe(expected.length);
      },
    ),
    { numRuns: 400 },
  );
  await database.close();
});

test("folders that exist already are used", async () => {
  const folder = await projectFolder({});
  mkdirSync(folder.path("there"));
  await (await openFile(folder.path("there/a.db"))).close();
});
