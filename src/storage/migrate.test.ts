import { existsSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import { openMemory } from "../database/drivers/memory/open.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { storedGrid } from "../testing/storage/fixtures.ts";
import { encodeValue } from "../values/encode.ts";
import { ensureSchema, migrations, readSchemaVersion, type Migration } from "./migrate.ts";
import { openStorage } from "./open-storage.ts";
import { collections, schemaVersion } from "./schema.ts";

async function emptyDatabase(): Promise<ManagedDatabase> {
  return new ManagedDatabase(await openMemory(collections));
}

/** Migrations that note when they are carried out; the third fails the first time. */
function fakeMigrations(done: number[]): readonly Migration[] {
  let failures = 1;
  return [1, 2, 3, 4].map((to) => ({
    to,
    describe: `to ${String(to)}`,
    apply: async (database) => {
      if (to === 1) await database.define(collections);
      if (to === 3 && failures-- > 0) throw new Error("killed in between");
      done.push(to);
    },
  }));
}

/** Writes a version into a file, which is made when it is not there. */
async function setVersion(path: string, version: unknown): Promise<void> {
  if (!existsSync(path)) await (await openStorage(path)).close();
  const raw = new Sqlite(path);
  raw.prepare("UPDATE meta SET value = ? WHERE key = 'schema'").run(encodeValue(version));
  raw.close();
}

test("migrations lead to the schema of this version, one by one", () => {
  expect(migrations.map(({ to }) => to)).toEqual(
    Array.from({ length: schemaVersion }, (_, i) => i + 1),
  );
});

test("an empty database gets the schema, and keeps what it holds when it is opened again", async () => {
  const database = await emptyDatabase();
  expect(await readSchemaVersion(database)).toBe(0);
  await ensureSchema(database);
  expect(await readSchemaVersion(database)).toBe(schemaVersion);
  await database.write("counters", { name: "kept", value: 1 });
  await ensureSchema(database);
  expect(await database.count("counters", { name: "kept" })).toBe(1);
  await database.close();
});

test("an older database is SCHEMA_OUTDATED, and is not touched", async () => {
  const database = await emptyDatabase();
  const done: number[] = [];
  const steps = fakeMigrations(done);
  await ensureSchema(database, { migrations: steps.slice(0, 2) });
  await expect(ensureSchema(database, { migrations: steps })).rejects.toMatchObject({
    code: "SCHEMA_OUTDATED",
    message: 'memory: has schema 2, this Assay needs 4; run "assay db upgrade"',
    details: { found: 2, wanted: 4 },
  });
  expect(done).toEqual([1, 2]);
  await database.close();
});

test("an upgrade carries out what is missing in order, and goes on where it was stopped", async () => {
  const database = await emptyDatabase();
  const done: number[] = [];
  const steps = fakeMigrations(done);
  await ensureSchema(database, { migrations: steps.slice(0, 1) });
  const upgrade = { migrations: steps, upgrade: true };
  await expect(ensureSchema(database, upgrade)).rejects.toThrow("killed in between");
  expect(await readSchemaVersion(database)).toBe(2);
  await ensureSchema(database, upgrade);
  expect(done).toEqual([1, 2, 3, 4]);
  expect(await readSchemaVersion(database)).toBe(4);
  await ensureSchema(database, upgrade);
  expect(done).toEqual([1, 2, 3, 4]);
  await database.close();
});

test("every migration may be repeated", async () => {
  const database = await emptyDatabase();
  for (const { apply } of migrations) {
    await apply(database);
    await apply(database);
  }
  await ensureSchema(database);
  await database.close();
});

test("a schema version that is none is CORRUPT", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  for (const version of [0, -1, 1.5, "1", null]) {
    await setVersion(path, version);
    await expect(openStorage(path), String(version)).rejects.toMatchObject({ code: "CORRUPT" });
  }
});

test("a file of a newer schema is SCHEMA_NEWER, and is not changed", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await setVersion(path, schemaVersion + 1);
  const newer = {
    code: "SCHEMA_NEWER",
    message: `${path} has schema ${String(schemaVersion + 1)}, written by a newer Assay; this one knows schemas up to ${String(schemaVersion)}`,
  };
  await expect(openStorage(path)).rejects.toMatchObject(newer);
  await expect(openStorage(path, { upgrade: true })).rejects.toMatchObject(newer);
});

test("processes that create one storage at the same time all can use it", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const handles = await Promise.all(Array.from({ length: 6 }, async () => await openStorage(path)));
  const [first] = handles;
  if (first !== undefined) await storedGrid(first, 3);
  for (const handle of handles) {
    expect(await handle.countTrials("grid")).toBe(3);
    await handle.close();
  }
});
