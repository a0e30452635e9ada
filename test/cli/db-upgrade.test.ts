import { readdir } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { schemaVersion } from "../../src/storage/schema.ts";
import { movableStorage, type MovableStorage } from "../support/movable-storage.ts";
import { nodeProgram } from "../support/node-program.ts";
import { startProgram, type CliResult } from "../support/run-cli.ts";
import { hasTerminals, startOnTerminal } from "../support/terminal-cli.ts";

const [now, later] = [String(schemaVersion), String(schemaVersion + 1)];
const nextName = "assay-of-the-next-schema";

describe("assay db upgrade of an older database", () => {
  let stored: MovableStorage;
  let program: string;
  let options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> };
  beforeEach(async () => {
    stored = await movableStorage(3);
    const { folder, url } = stored;
    await nodeProgram(folder, nextName);
    program = folder.path(`${nextName}.mjs`);
    options = { cwd: folder.root, env: { ASSAY_STORAGE: url } };
  });

  /** Runs `assay …` of the next schema. */
  async function next(...args: readonly string[]): Promise<CliResult> {
    return await startProgram([program, ...args], options).ended;
  }

  async function backups(): Promise<readonly string[]> {
    return (await readdir(stored.folder.root)).filter((name) => name.includes("backup"));
  }

  /** This Assay reads the database as before. */
  async function expectUnchanged(): Promise<void> {
    expect(await stored.json(["list"])).toHaveLength(3);
    expect(await backups()).toEqual([]);
  }

  test("other commands say that it is needed, and --dry-run what it does", async () => {
    const { folder } = stored;
    const path = folder.path("source.db");
    expect(await next("list")).toEqual({
      code: 1,
      stdout: "",
      stderr: `assay: ${path} has schema ${now}, this Assay needs ${later}; run "assay db upgrade"\n`,
    });
    expect(await next("db", "upgrade", "--dry-run")).toEqual({
      code: 0,
      stdout: "",
      stderr: `${path} would be upgraded from schema ${now} to ${later}:\n  count the experiments\n`,
    });
    const { stdout } = await next("db", "upgrade", "--dry-run", "--json");
    const steps = ["count the experiments"];
    expect(JSON.parse(stdout)).toEqual({
      location: path,
      from: schemaVersion,
      to: schemaVersion + 1,
      steps,
      backup: null,
      upgraded: false,
    });
    await expectUnchanged();
  });

  test("without an answer nothing is changed", async () => {
    const { code, stderr } = await next("db", "upgrade");
    expect([code, stderr]).toEqual([
      2,
      `assay: The question "Every other process that uses ${stored.folder.path("source.db")} has to be stopped. Upgrade it from schema ${now} to ${later}? (y/N)" cannot be answered without a terminal; --yes answers it\n`,
    ]);
    await expectUnchanged();
  });

  test("--yes copies it and upgrades it; then this Assay refuses it, and reads the copy", async () => {
    const { folder, run, json } = stored;
    const path = folder.path("source.db");
    const backup = `${path}.schema-${now}.backup`;
    const { code, stdout } = await next("db", "upgrade", "--yes", "--json");
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        location: path,
        from: schemaVersion,
        to: schemaVersion + 1,
        steps: ["count the experiments"],
        backup,
        upgraded: true,
      },
    ]);
    expect(JSON.parse((await next("list", "--json")).stdout)).toHaveLength(3);
    expect((await next("db", "verify")).code).toBe(0);
    expect((await next("db", "upgrade")).stderr).toBe(
      `${path} has schema ${later}: it is up to date already\n`,
    );
    for (const args of [["list"], ["db", "upgrade", "--yes"], ["db", "verify", "--repair"]]) {
      const refused = await run(args);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        `assay: ${path} has schema ${later}, written by a newer Assay; this one knows schemas up to ${now}\n`,
      ]);
    }
    expect(await json(["list", "--storage", backup])).toHaveLength(3);
    expect(await backups()).toEqual([`source.db.schema-${now}.backup`]);
  });

  test.runIf(hasTerminals)("asks first, and takes no for an answer", async () => {
    const refused = startOnTerminal(["db", "upgrade"], { ...options, program });
    await refused.shows(`from schema ${now} to ${later}? (y/N)`);
    refused.type("n\r");
    expect(await refused.ended).toMatchObject({
      code: 1,
      screen: expect.stringContaining("Nothing was changed"),
    });
    await expectUnchanged();
    const answered = startOnTerminal(["db", "upgrade"], { ...options, program });
    await answered.shows("(y/N)");
    answered.type("y\r");
    expect(await answered.ended).toMatchObject({
      code: 0,
      screen: expect.stringContaining(`was upgraded from schema ${now} to ${later}`),
    });
    expect(await backups()).toHaveLength(1);
  });
});
