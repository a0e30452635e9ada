import { chmod, readdir, stat, writeFile } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { nodeProgram } from "../../test/support/node-program.ts";
import { projectFolder } from "../../test/support/project-folder.ts";
import { storedGrid } from "../testing/storage/fixtures.ts";
import { migrations, type Migration } from "./migrate.ts";
import { openStorage } from "./open-storage.ts";
import { schemaVersion } from "./schema.ts";
import { upgradeBy, upgradeDatabase } from "./upgrade-database.ts";
import { verifyDatabase } from "./verify-database.ts";

const next = schemaVersion + 1;

/** This Assay's migrations and one more, which counts how often it was carried out. */
function withOneMore(apply: Migration["apply"] = () => Promise.resolve()): readonly Migration[] {
  return [...migrations, { to: next, describe: "count it", apply }];
}

function versionOf(path: string): unknown {
  const raw = new Sqlite(path, { readonly: true });
  const value = raw.prepare("SELECT value FROM meta WHERE key = 'schema'").pluck().get();
  raw.close();
  return value;
}

async function storedIn(path: string): Promise<void> {
  const storage = await openStorage(path);
  await storedGrid(storage, 5);
  await storage.close();
}

test("what is up to date is left as it is, and no copy is made", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  expect(await upgradeDatabase(path)).toEqual({
    location: path,
    from: schemaVersion,
    to: schemaVersion,
    steps: [],
    backup: null,
  });
  expect((await readdir(folder.root)).filter((name) => name.includes("backup"))).toEqual([]);
});

test("an upgrade copies the file first, and says what it did", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  await chmod(path, 0o600);
  const steps: string[] = [];
  const done = await upgradeBy(withOneMore(), path, { onStep: (step) => steps.push(step) });
  const backup = `${path}.schema-${schemaVersion}.backup`;
  expect(done).toEqual({
    location: path,
    from: schemaVersion,
    to: next,
    steps: ["count it"],
    backup,
  });
  expect(steps).toEqual(["copy the database", "count it"]);
  expect([versionOf(path), versionOf(backup)]).toEqual([String(next), String(schemaVersion)]);
  expect((await stat(backup)).mode & 0o777).toBe(0o600);
  const copy = await openStorage(backup);
  expect(await copy.countTrials("grid")).toBe(5);
  expect((await verifyDatabase(copy)).problems).toEqual([]);
  await copy.close();
});

test("a dry run says what there is to do, and changes nothing", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  expect(await upgradeBy(withOneMore(), path, { dryRun: true })).toMatchObject({
    to: next,
    steps: ["count it"],
    backup: null,
  });
  expect(versionOf(path)).toBe(String(schemaVersion));
  expect((await readdir(folder.root)).filter((name) => name.includes("backup"))).toEqual([]);
});

test("an earlier copy is never overwritten, and what failed can be done again", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  let failures = 1;
  const failing = withOneMore(async () => {
    if (failures-- > 0) throw new Error("the disk broke");
    return Promise.resolve();
  });
  await expect(upgradeBy(failing, path, {})).rejects.toThrow("the disk broke");
  expect(versionOf(path)).toBe(String(schemaVersion));
  const { backup } = await upgradeBy(failing, path, {});
  expect(backup).toBe(`${path}.schema-${schemaVersion}-2.backup`);
  expect(versionOf(path)).toBe(String(next));
});

test("without a copy nothing is changed", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  // No name of a copy fits beside it.
  const long = folder.path(`${"n".repeat(240)}.db`);
  await storedIn(long);
  await expect(upgradeBy(withOneMore(), long, {})).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
  });
  expect(versionOf(long)).toBe(String(schemaVersion));
  await expect(upgradeDatabase(folder.path("none.db"))).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("a newer database is SCHEMA_NEWER, and is not touched", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  await upgradeBy(withOneMore(), path, {});
  await expect(upgradeDatabase(path)).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
  expect(versionOf(path)).toBe(String(next));
});

test("an upgrade that was killed in the middle of a migration is finished by the next", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await storedIn(path);
  const start = await nodeProgram(folder, "upgrade-slowly");
  const killed = start(path);
  expect(await killed.line()).toBe("half done");
  killed.process.kill("SIGKILL");
  await new Promise((resolve) => killed.process.once("close", resolve));
  expect(versionOf(path)).toBe(String(schemaVersion));
  const again = start(path, "quickly");
  expect(await again.line()).toBe("half done");
  expect(await again.rest()).toEqual([`${path}.schema-${schemaVersion}-2.backup`]);
  const storage = new Sqlite(path);
  expect(storage.prepare("SELECT name, value FROM counters WHERE name = 'moved'").all()).toEqual([
    { name: "moved", value: 1 },
  ]);
  storage.close();
  expect(versionOf(path)).toBe(String(next));
});

test("a file that is no database is not copied", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await writeFile(path, "no database at all, and long enough to be looked at".repeat(100));
  await expect(upgradeDatabase(path)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  expect(await readdir(folder.root)).toEqual(["a.db"]);
});
