import { chmod, readdir } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { cliBackends, cliDatabase, storedStates } from "../support/cli-database.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli } from "../support/run-cli.ts";

const stages = [
  "configuration",
  "driver",
  "connection",
  "schema",
  "write",
  "read",
  "change",
  "count",
  "remove",
  "settings",
];

describe.each(cliBackends)("on $name", (backend) => {
  test("assay db test tries every stage, and leaves nothing behind", async () => {
    const { run, json, open } = await cliDatabase(backend);
    const storage = await open();
    await storedStates(storage);
    const { code, stdout, stderr } = await run("db", "test");
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual(stages);
    expect(lines.every((line) => line.startsWith("ok "))).toBe(true);
    expect(lines[0]).toContain("by ASSAY_STORAGE");
    expect(await json("db", "test")).toMatchObject({ ok: true, source: "environment", file: null });
    expect(await storage.database.count("meta", {}, { scan: true })).toBe(1);
    expect(await run("db", "test", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("assay db stats counts what is there", async () => {
    const { run, json, open } = await cliDatabase(backend);
    await storedStates(await open());
    expect(await json("db", "stats")).toMatchObject({
      schema: expect.any(Number),
      experiments: [
        {
          name: "states",
          version: 1,
          stored: 6,
          trials: { total: 6, completed: 2, broken: 1, suspended: 1, reserved: 1, new: 1 },
          attempts: 0,
          metrics: 0,
          blobs: 0,
          bytes: 0,
        },
      ],
    });
    const { code, stdout } = await run("db", "stats");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^schema +\d+$/m);
    expect(stdout).toMatch(/^states +6 +1 +1 +1 +2 +1$/m);
  });

  test("assay db upgrade says that a new database is up to date", async () => {
    const { run, json, open } = await cliDatabase(backend);
    await open();
    const { code, stderr } = await run("db", "upgrade");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/has schema \d+: it is up to date/)]);
    expect(await json("db", "upgrade", "--dry-run")).toMatchObject({
      steps: [],
      backup: null,
      upgraded: false,
    });
  });
});

test("the first stage that fails ends the test, with a reason, a next step and exit code 1", async () => {
  const { root, path } = await projectFolder({ "text.db": "this is no database\n".repeat(100) });
  const { code, stdout, stderr } = await runCli(["db", "test", "--storage", path("text.db")], {
    cwd: root,
  });
  expect(code).toBe(1);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
    /^failed {2}connection +.*text\.db is not an SQLite database$/,
  );
  expect(stderr).toMatch(/^Next: .+\n$/);
  const json = await runCli(["db", "test", "--storage", "sqlit:a", "--json"], { cwd: root });
  expect([json.code, json.stderr]).toEqual([1, ""]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    storage: "sqlit:a",
    stages: [
      { stage: "configuration", ok: true },
      { stage: "driver", ok: false, code: "INVALID_VALUE", next: expect.any(String) },
    ],
  });
});

test("settings that cannot be read fail as the configuration", async () => {
  const { root } = await projectFolder({ "assay.config.json": "{ storage" });
  const { code, stdout } = await runCli(["db", "test"], { cwd: root });
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^failed {2}configuration .*\n$/)]);
});

test("a database of another program, and one of a newer Assay, are told as that", async () => {
  const { root, path } = await projectFolder({});
  const other = new Sqlite(path("other.db"));
  other.exec("CREATE TABLE theirs (a)");
  other.close();
  const theirs = await runCli(["db", "test", "--storage", path("other.db")], { cwd: root });
  expect([theirs.code, theirs.stdout]).toEqual([1, expect.stringContaining("another program")]);

  const cwd = root;
  await runCli(["init", "sweep.ts"], { cwd });
  await runCli(["run", "sweep.ts"], { cwd });
  const raw = new Sqlite(path("assay.db"));
  raw.exec("UPDATE meta SET value = '99' WHERE key = 'schema'");
  raw.close();
  const newer = await runCli(["db", "test"], { cwd });
  expect([newer.code, newer.stdout]).toEqual([1, expect.stringMatching(/failed {2}schema .*99/)]);
  const upgrade = await runCli(["db", "upgrade", "--yes"], { cwd });
  expect([upgrade.code, upgrade.stderr]).toEqual([
    1,
    expect.stringContaining("written by a newer Assay"),
  ]);
  expect((await readdir(root)).filter((name) => name.includes("backup"))).toEqual([]);
});

test("a file that may only be read fails at write", async ({ skip }) => {
  const { root, path } = await projectFolder({});
  await runCli(["init", "sweep.ts"], { cwd: root });
  await runCli(["run", "sweep.ts"], { cwd: root });
  await chmod(root, 0o777);
  await chmod(path("assay.db"), 0o444);
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const through = process.getuid?.() === 0 ? asNobody : [];
  const { code: works } = await runCli(["--version"], { cwd: root, through });
  if (works !== 0) return skip("no other user may run programs here");
  const { code, stdout } = await runCli(["db", "test"], { cwd: root, through });
  expect([code, stdout]).toEqual([1, expect.stringMatching(/failed {2}write .*is not writable/)]);
});

test("a password of a storage is never shown", async () => {
  const { root } = await projectFolder({
    "assay.config.json": '{ "storage": "nosuch://me:${PASSWORD}@host/db" }',
  });
  const env = { PASSWORD: "hunter2" };
  for (const args of [["db", "test"], ["db", "test", "--json"], ["list"], ["db", "stats"]]) {
    const { stdout, stderr } = await runCli([...args, "--verbose"], { cwd: root, env });
    expect(stdout + stderr).not.toContain("hunter2");
  }
});
