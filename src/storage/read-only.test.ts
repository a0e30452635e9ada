import { chmod, copyFile, mkdir } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { nodeProgram } from "../../test/support/node-program.ts";
import { projectFolder, type ProjectFolder } from "../../test/support/project-folder.ts";
import { storedGrid } from "../testing/storage/fixtures.ts";
import { openStorage } from "./open-storage.ts";

interface Read {
  readonly status: unknown;
  readonly now: number;
  readonly message: string;
  readonly left: readonly string[];
}

/** A folder with a database of 3 trials. Root may write anywhere, so the reader is nobody there. */
async function project(): Promise<ProjectFolder> {
  const folder = await projectFolder({});
  await chmod(folder.root, 0o755);
  for (const name of ["data", "tmp", "live"]) await mkdir(folder.path(name));
  await chmod(folder.path("tmp"), 0o777);
  return folder;
}

async function readAsNobody(folder: ProjectFolder): Promise<Read> {
  const program = await nodeProgram(folder, "read-only", { TMPDIR: folder.path("tmp") });
  await chmod(folder.path("data/a.db"), 0o444);
  await chmod(folder.path("data"), 0o555);
  try {
    const [line = ""] = await program(folder.path("data/a.db"), "grid").rest();
    return JSON.parse(line) as Read;
  } finally {
    await chmod(folder.path("data"), 0o755);
  }
}

describe.skipIf(process.getuid === undefined)("a database that may not be written to", () => {
  test("is read, and an attempt to write says that it may not be", async () => {
    const folder = await project();
    const storage = await openStorage(folder.path("data/a.db"));
    await storedGrid(storage, 3);
    await storage.close();
    const { status, message, left } = await readAsNobody(folder);
    expect(status).toMatchObject({ total: 3, new: 3 });
    expect(message).toContain(`${folder.path("data/a.db")} is not writable`);
    expect(left).toEqual([]);
  });

  test("is read with what only its log holds, as a writer that was killed leaves it", async () => {
    const folder = await project();
    const storage = await openStorage(folder.path("live/a.db"));
    await storedGrid(storage, 3);
    for (const name of ["a.db", "a.db-wal"]) {
      await copyFile(folder.path(`live/${name}`), folder.path(`data/${name}`));
    }
    await storage.close();
    expect((await readAsNobody(folder)).status).toMatchObject({ total: 3, new: 3 });
  });

  test("is read while somebody else writes to it", async () => {
    const folder = await project();
    const storage = await openStorage(folder.path("data/a.db"));
    await storedGrid(storage, 3);
    expect((await readAsNobody(folder)).status).toMatchObject({ total: 3, new: 3 });
    await storage.close();
  });

  test("is read after a boot: its clock goes on without being written", async () => {
    const folder = await project();
    const storage = await openStorage(folder.path("data/a.db"));
    await storedGrid(storage, 3);
    const before = await storage.database.now();
    await storage.close();
    const raw = new Sqlite(folder.path("data/a.db"));
    raw.prepare("UPDATE assay_clock SET boot = 'another'").run();
    raw.close();
    expect((await readAsNobody(folder)).now).toBeGreaterThanOrEqual(before);
  });
});
