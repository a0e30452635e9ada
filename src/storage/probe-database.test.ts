import { readdir } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import { encodeValue } from "../values/encode.ts";
import { openStorage } from "./open-storage.ts";
import { probeDatabase, probeStages, type ProbeStage } from "./probe-database.ts";

async function probed(url: string): Promise<ProbeStage[]> {
  const stages: ProbeStage[] = [];
  for await (const stage of probeDatabase(url)) stages.push(stage);
  return stages;
}

function rowsOf(path: string): unknown[] {
  const raw = new Sqlite(path, { readonly: true });
  const rows = raw.prepare("SELECT key FROM meta ORDER BY key DESC").pluck().all();
  raw.close();
  return rows;
}

test("every stage is tried, and nothing of it is left", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openStorage(path)).close();
  const stages = await probed(path);
  expect(stages.map(({ stage }) => stage)).toEqual(probeStages);
  expect(stages.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(rowsOf(path)).toEqual(["schema"]);
});

test("a file that is not there is tried beside its place, and neither is made", async () => {
  const folder = await projectFolder({});
  const stages = await probed(folder.path("deep/er/a.db"));
  expect(stages).toHaveLength(probeStages.length);
  expect(stages[1]?.message).toContain(`${folder.path("deep/er/a.db")} is not there yet`);
  expect(await readdir(folder.root)).toEqual([]);
});

test("what a killed probe left is removed by a later one, and that of one that runs is not", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  const storage = await openStorage(path);
  const value = encodeValue("left");
  const running = `probe:${new Date().toISOString()}:x`;
  for (const key of ["probe:2020-01-01T00:00:00.000Z:x", running]) {
    await storage.database.write("meta", { key, value });
  }
  await storage.close();
  await probed(path);
  expect(rowsOf(path)).toEqual(["schema", running]);
});

test("durability that is less than full is told", async () => {
  const folder = await projectFolder({});
  const stages = await probed(`${folder.path("a.db")}?durability=normal`);
  expect(stages.at(-1)?.warnings).toEqual([expect.stringContaining("durability is normal")]);
});

test.each([
  ["sqlit:a.db", "driver", "INVALID_VALUE"],
  ["/dev/null/a.db", "connection", "STORAGE_UNAVAILABLE"],
])("%s fails at %s, and no stage follows", async (url, stage, code) => {
  expect((await probed(url)).at(-1)).toMatchObject({ stage, error: { code } });
});

test("an older or newer schema fails there", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openStorage(path)).close();
  const raw = new Sqlite(path);
  raw.prepare("UPDATE meta SET value = '99'").run();
  raw.close();
  expect((await probed(path)).at(-1)).toMatchObject({
    stage: "schema",
    error: { code: "SCHEMA_NEWER" },
  });
});

test("a table that may not be written to fails at write", async () => {
  const folder = await projectFolder({});
  const path = folder.path("a.db");
  await (await openStorage(path)).close();
  const raw = new Sqlite(path);
  raw.exec(`CREATE TRIGGER refuse BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'refused'); END`);
  raw.close();
  expect((await probed(path)).at(-1)).toMatchObject({ stage: "write", message: "refused" });
});
