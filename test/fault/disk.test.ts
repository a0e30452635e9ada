import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { chmodSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { execute, openStorage } from "assay";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/experiment-folder.ts";
import { expectSound } from "../support/fault/expect-whole.ts";
import { projectFolder, type ProjectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, startCli, type CliResult } from "../support/run-cli.ts";
import type { TrialJson } from "../support/run-cli.ts";

/** Eighty trials with large results; from the fortieth on they wait for the file "go". */
const waiting = `
import { existsSync, writeFileSync } from "node:fs";
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "waiting",
  space: { x: choice(Array.from({ length: 80 }, (_, i) => i)) },
  run: async ({ x }, trial) => {
    trial.report({ x });
    await trial.saveSnapshot({ x });
    if (x >= 40) writeFileSync("began", "");
    while (x >= 40 && !existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 5));
    return { x, bytes: new Uint8Array(20_000).fill(x) };
  },
});
`;

const run = ["run", "waiting.ts", "--storage", "data/assay.db", "--no-progress"];

/** Expects a run to have ended with this error, told in one line. */
function expectStopped(result: CliResult, code: string, message: RegExp): void {
  expect(result.stderr).toMatch(/^[^\n]+\n$/);
  expect(result).toMatchObject({ code: 1, stdout: "" });
  const { error } = JSON.parse(result.stderr) as { error: { code: string; message: string } };
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
}

async function completed({ root: cwd }: ProjectFolder): Promise<readonly TrialJson[]> {
  const args = ["--status", "completed", "--storage", "data/assay.db"];
  return await runCliJson<TrialJson[]>(["trials", "waiting", ...args], { cwd });
}

/** A lease lasts 30 s: a run that waits for one to be over would take longer than this. */
const wellBelowALeaseMs = 20_000;

/** How the runs are told that a folder's database has a record of, oldest first. */
async function runStatuses(folder: ProjectFolder): Promise<readonly string[]> {
  const storage = await openStorage(folder.path("data/assay.db"), { create: false });
  const runs = await storage.getRuns("waiting");
  await storage.close();
  return runs.map(({ status }) => status);
}

/** Expects the next run to end with all trials completed. */
async function expectFinished(
  folder: ProjectFolder,
  args: readonly string[],
  atLeast = 0,
): Promise<void> {
  const summary = await runCliJson<{ readonly skipped: number }>([...run, ...args], {
    cwd: folder.root,
  });
  expect(summary).toMatchObject({ stopped: null, brokenInExperiment: 0 });
  expect(summary.skipped).toBeGreaterThanOrEqual(atLeast);
  const trials = await completed(folder);
  expect(trials.map(({ results }) => results["x"])).toEqual(
    Array.from({ length: 80 }, (_, i) => i),
  );
  expectSound(folder.path("data/assay.db"));
}

/** Mounts a small file system; undefined where that is not permitted. */
function mountSmall(path: string, size: string): ((size: string) => void) | undefined {
  mkdirSync(path, { recursive: true });
  const mount = (...options: readonly string[]) =>
    spawnSync("mount", ["-t", "tmpfs", "-o", ...options, "tmpfs", path]).status === 0;
  if (!mount(`size=${size}`)) return undefined;
  onTestFinished(() => {
    spawnSync("umount", ["-l", path]);
  });
  return (larger) => {
    expect(mount(`remount,size=${larger}`)).toBe(true);
  };
}

describe.each(["serial", "threads", "processes", "hybrid", "inline"] as const)(
  "a disk that fills while a run writes to it, with %s",
  (executor) => {
    test.for(["2m", "1m"])(
      "stops the run with a line, keeps what was committed, and the next run goes on: %s",
      async (size, { skip }) => {
        const folder = await projectFolder({ "waiting.ts": waiting, go: "" });
        const enlarge = mountSmall(folder.path("data"), size);
        if (enlarge === undefined) return skip("mounting a file system is not permitted here");
        const args = ["--executor", executor];
        const cwd = folder.root;
        const full = /data\/assay\.db has no room left on its disk$/;
        expectStopped(await runCli([...run, "--json", ...args], { cwd }), "STORAGE_FULL", full);
        const kept = await completed(folder);
        expect(kept.length).toBeLessThan(80);
        if (size === "2m") expect(kept.length).toBeGreaterThan(0);
        for (const { results } of kept) expect(results["bytes"]).toHaveLength(20_000);
        // There may have been no room for its end either.
        const [stopped, ...others] = await runStatuses(folder);
        expect([["failed", "lost"].includes(stopped ?? ""), others]).toEqual([true, []]);
        enlarge("60m");
        await expectFinished(folder, args, kept.length);
        expect(await runStatuses(folder)).toEqual([stopped, "completed"]);
        const verified = await runCli(["db", "verify", "--storage", "data/assay.db"], { cwd });
        expect(verified.code).toBe(0);
      },
    );

    test("fills under a program that lives on: the next run tells how the one before ended", async ({
      skip,
    }) => {
      const folder = await projectFolder({ "waiting.ts": waiting, go: "" });
      const enlarge = mountSmall(folder.path("data"), "2m");
      if (enlarge === undefined) return skip("mounting a file system is not permitted here");
      const storage = folder.path("data/assay.db");
      const run = async () =>
        await execute(folder.path("waiting.ts"), {
          ...{ storage, executor, directory: folder.root, onOutput: () => undefined },
        });
      await expect(run()).rejects.toMatchObject({ code: "STORAGE_FULL" });
      const [stopped] = await runStatuses(folder);
      expect(["failed", "lost"]).toContain(stopped);
      enlarge("60m");
      const { stopped: why, elapsedMs } = await run();
      expect(why).toBeNull();
      expect(elapsedMs).toBeLessThan(wellBelowALeaseMs);
      expect(await runStatuses(folder)).toEqual([stopped, "completed"]);
    });
  },
);

test("a disk without any room is one line, from the first file on", async ({ skip }) => {
  const folder = await projectFolder({ "waiting.ts": waiting, go: "" });
  const enlarge = mountSmall(folder.path("data"), "1m");
  if (enlarge === undefined) return skip("mounting a file system is not permitted here");
  // Room for nothing, for the file, for the beginning of its log, and so on.
  for (const kilobytes of [1024, 1016, 1008, 992, 960, 900]) {
    writeFileSync(folder.path("data/filler"), new Uint8Array(kilobytes * 1024));
    const result = await runCli([...run, "--json"], { cwd: folder.root });
    expectStopped(result, "STORAGE_FULL", /has no room left on its disk$/);
    rmSync(folder.path("data/filler"));
  }
  enlarge("60m");
  await expectFinished(folder, []);
});

type After = "fresh" | "restored" | "as it is";
type Fault = readonly [
  what: string,
  apply: (path: string) => void,
  code: string,
  message: RegExp,
  after: readonly After[],
];

const gone = /assay\.db was removed or replaced while it was in use$/;
/** SQLite may find that something is missing before we look. */
const cut = /assay\.db (was cut off while it was in use|is damaged|is shorter than it should be)$/;

const cutTo =
  (size: (whole: number) => number, suffix = "") =>
  (path: string): void =>
    truncateSync(path + suffix, size(statSync(path + suffix).size));

const faults: readonly Fault[] = [
  ["is removed", (path) => rmSync(path), "STORAGE_UNAVAILABLE", gone, ["fresh", "restored"]],
  [
    "is removed with its log",
    (path) => ["", "-wal", "-shm"].forEach((suffix) => rmSync(path + suffix)),
    "STORAGE_UNAVAILABLE",
    gone,
    ["as it is", "restored"],
  ],
  [
    "is removed with its folder",
    (path) => rmSync(path.replace(/\/[^/]+$/, ""), { recursive: true }),
    "STORAGE_UNAVAILABLE",
    gone,
    ["as it is", "restored"],
  ],
  [
    "is moved away",
    (path) => renameSync(path, `${path}.old`),
    "STORAGE_UNAVAILABLE",
    gone,
    ["fresh", "restored"],
  ],
  [
    "is replaced by a copy",
    (path) => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    },
    "STORAGE_UNAVAILABLE",
    gone,
    ["fresh", "restored"],
  ],
  [
    "is replaced by another file",
    (path) => {
      writeFileSync(`${path}.other`, "This is no database.\n".repeat(500));
      renameSync(`${path}.other`, path);
    },
    "STORAGE_UNAVAILABLE",
    gone,
    ["fresh", "restored"],
  ],
  ["is cut off to nothing", cutTo(() => 0), "CORRUPT", cut, ["fresh", "restored"]],
  [
    "is cut off to a half",
    cutTo((size) => Math.floor(size / 2)),
    "CORRUPT",
    cut,
    ["fresh", "restored"],
  ],
  [
    "is cut off within its last page",
    cutTo((size) => size - 1),
    "CORRUPT",
    cut,
    ["fresh", "restored"],
  ],
  [
    "loses its log",
    (path) => rmSync(`${path}-wal`),
    "STORAGE_UNAVAILABLE",
    /assay\.db-wal was removed or replaced while it was in use$/,
    ["as it is", "restored"],
  ],
  [
    "loses the index of its log",
    (path) => rmSync(`${path}-shm`),
    "STORAGE_UNAVAILABLE",
    /assay\.db-shm was removed or replaced while it was in use$/,
    ["as it is", "restored"],
  ],
  ["has its log cut off to nothing", cutTo(() => 0, "-wal"), "CORRUPT", cut, ["fresh", "restored"]],
  [
    "has its log cut off to a half",
    cutTo((size) => Math.floor(size / 2), "-wal"),
    "CORRUPT",
    cut,
    ["fresh", "restored"],
  ],
];

/** A folder whose database has thirty completed trials in its file, with a copy of it. */
async function begunFolder(): Promise<ProjectFolder> {
  const folder = await projectFolder({ "waiting.ts": waiting });
  await runCliJson([...run, "--max-trials", "30"], { cwd: folder.root });
  copyFileSync(folder.path("data/assay.db"), folder.path("backup.db"));
  return folder;
}

/** Brings the database to where the next run shall find it. */
function bring(folder: ProjectFolder, after: After): void {
  const path = folder.path("data/assay.db");
  if (after === "as it is") return;
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  mkdirSync(folder.path("data"), { recursive: true });
  if (after === "restored") copyFileSync(folder.path("backup.db"), path);
}

/** Runs the rest of the trials and, when some of them run and others were committed, does this to the file. */
async function runInto(
  folder: ProjectFolder,
  args: readonly string[],
  apply: (path: string) => void,
): Promise<CliResult> {
  const running = startCli([...run, "--json", ...args], { cwd: folder.root });
  await until(() => existsSync(folder.path("began")));
  await until(async () => (await completed(folder)).length >= 35);
  apply(folder.path("data/assay.db"));
  await folder.write("go", "");
  return await running.ended;
}

describe.each(faults)("a database that %s during a run", (_, apply, code, message, afters) => {
  test.each(afters)(
    "stops it with a line; the next run ends well, with the file %s",
    async (after) => {
      const folder = await begunFolder();
      expectStopped(await runInto(folder, [], apply), code, message);
      bring(folder, after);
      await expectFinished(folder, [], after === "restored" ? 30 : 0);
    },
  );
});

test.each(["serial", "processes", "hybrid", "inline"])(
  "a database that is removed during a run is noticed with %s too",
  async (executor) => {
    const folder = await begunFolder();
    const args = ["--executor", executor];
    const result = await runInto(folder, args, (path) => rmSync(path));
    expectStopped(result, "STORAGE_UNAVAILABLE", gone);
    bring(folder, "restored");
    await expectFinished(folder, args, 30);
  },
);

test("a database that is moved away during a run has lost nothing when it is moved back", async () => {
  const folder = await begunFolder();
  const path = folder.path("data/assay.db");
  await runInto(folder, [], () => renameSync(path, `${path}.old`));
  renameSync(`${path}.old`, path);
  const before = (await completed(folder)).length;
  expect(before).toBeGreaterThanOrEqual(35);
  await expectFinished(folder, [], before);
});

test("a log that is removed during a run takes nothing with it", async () => {
  const folder = await begunFolder();
  await runInto(folder, [], (path) => rmSync(`${path}-wal`));
  expect((await completed(folder)).length).toBeGreaterThanOrEqual(35);
});

test("the library rejects with the code, and can execute again", async () => {
  const folder = await projectFolder({ "waiting.ts": waiting.replace("x >= 40 &&", "") });
  const back = process.cwd();
  process.chdir(folder.root);
  onTestFinished(() => process.chdir(back));
  const storage = folder.path("data/assay.db");
  const executing = execute("waiting.ts", { storage, onOutput: () => undefined });
  const refused = expect(executing).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await until(() => existsSync(storage) && statSync(`${storage}-wal`).size > 0);
  rmSync(folder.path("data"), { recursive: true });
  await folder.write("go", "");
  await refused;
  const again = await execute("waiting.ts", { storage, onOutput: () => undefined });
  expect(again).toMatchObject({ completed: 80, skipped: 0 });
});

describe("a database that may not be written", () => {
  const isRoot = process.getuid?.() === 0;
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const through = isRoot ? asNobody : [];

  test("is told in a line; it is read all the same, and written when it may be", async ({
    skip,
  }) => {
    const folder = await begunFolder();
    const { root: cwd } = folder;
    await folder.write("go", "");
    chmodSync(cwd, 0o777);
    chmodSync(folder.path("data"), 0o777);
    chmodSync(folder.path("data/assay.db"), 0o444);
    const { code } = await runCli(["--version"], { cwd, through });
    if (code !== 0) return skip("no other user may run programs here");
    const result = await runCli([...run, "--json"], { cwd, through });
    expectStopped(result, "STORAGE_UNAVAILABLE", /data\/assay\.db is not writable$/);
    const list = ["list", "--json", "--storage", "data/assay.db"];
    const { stdout } = await runCli(list, { cwd, through });
    expect(JSON.parse(stdout)).toMatchObject([{ name: "waiting", trials: { completed: 30 } }]);
    chmodSync(folder.path("data/assay.db"), 0o644);
    await expectFinished(folder, [], 30);
  });

  test("in a folder that may not be written either is told in a line, and read all the same", async ({
    skip,
  }) => {
    const folder = await begunFolder();
    const { root: cwd } = folder;
    chmodSync(cwd, 0o755);
    chmodSync(folder.path("data"), 0o555);
    chmodSync(folder.path("data/assay.db"), 0o444);
    const before = readFileSync(folder.path("data/assay.db"));
    const { code } = await runCli(["--version"], { cwd, through });
    if (code !== 0) return skip("no other user may run programs here");
    const result = await runCli([...run, "--json"], { cwd, through });
    expectStopped(result, "STORAGE_UNAVAILABLE", /data\/assay\.db is not writable$/);
    const list = ["list", "--json", "--storage", "data/assay.db"];
    const { stdout } = await runCli(list, { cwd, through });
    expect(JSON.parse(stdout)).toMatchObject([{ name: "waiting", trials: { completed: 30 } }]);
    expect(readFileSync(folder.path("data/assay.db")).equals(before)).toBe(true);
    chmodSync(folder.path("data"), 0o755);
  });
});

test("a write that fails for another reason is told in a line, and the next run goes on", async () => {
  const folder = await projectFolder({ "waiting.ts": waiting, go: "" });
  // No file may be larger than so many blocks of 512 bytes.
  const through = ["/bin/sh", "-c", 'ulimit -f 2000; exec "$@"', "sh"];
  const result = await runCli([...run, "--json"], { cwd: folder.root, through });
  expectStopped(result, "STORAGE_UNAVAILABLE", /data\/assay\.db cannot be read or written$/);
  await expectFinished(folder, [], 1);
});
