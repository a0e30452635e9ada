import { describe, expect, test } from "vitest";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson } from "../support/run-cli.ts";
import { hasTerminals, startOnTerminal } from "../support/terminal-cli.ts";

describe("assay db setup with flags", () => {
  test("writes the project's file, which other verbs obey", async () => {
    const { root, read } = await projectFolder({});
    const { code, stdout, stderr } = await runCli(
      ["db", "setup", "--storage", "sqlite:data/kept.db"],
      { cwd: root },
    );
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(
      `Wrote ${root}/assay.config.json: sqlite:data/kept.db\nWhether it works: assay db test\n`,
    );
    expect(await read("assay.config.json")).toBe('{\n  "storage": "sqlite:data/kept.db"\n}\n');
    await runCli(["init", "sweep.ts"], { cwd: root });
    await runCli(["run", "sweep.ts"], { cwd: root });
    expect(await runCliJson(["list", "--storage", "data/kept.db"], { cwd: root })).toHaveLength(1);
  });

  test("a path is written relative to the file that is found in a folder above", async () => {
    const { root, read } = await projectFolder({ "assay.config.json": "{}", "deep/er/x": "" });
    const cwd = `${root}/deep/er`;
    const args = ["db", "setup", "--storage", "here.db?durability=normal", "--json"];
    expect(await runCliJson(args, { cwd })).toEqual({
      file: `${root}/assay.config.json`,
      storage: "sqlite:deep/er/here.db?durability=normal",
      changed: true,
    });
    expect(JSON.parse(await read("assay.config.json"))).toEqual({
      storage: "sqlite:deep/er/here.db?durability=normal",
    });
  });

  test("with --global it is the user's file, and what else is in it stays, in its own indentation", async () => {
    const { root, read } = await projectFolder({
      ".config/assay/config.json": '{\n\t"later": [1]\n}',
    });
    const { code } = await runCli(["db", "setup", "--storage", "mine.db", "--global"], {
      cwd: root,
    });
    expect(code).toBe(0);
    expect(await read(".config/assay/config.json")).toBe(
      `{\n\t"later": [\n\t\t1\n\t],\n\t"storage": "sqlite:${root}/mine.db"\n}\n`,
    );
  });

  test("another storage is replaced only when that is answered with yes", async () => {
    const before = '{ "storage": "sqlite:old.db" }';
    const { root, read } = await projectFolder({ "assay.config.json": before });
    const args = ["db", "setup", "--storage", "new.db"];
    const refused = await runCli(args, { cwd: root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe(
      `assay: The question "${root}/assay.config.json says sqlite:old.db. Replace it by sqlite:new.db? (y/N)" cannot be answered without a terminal; --yes answers it\n`,
    );
    expect(await read("assay.config.json")).toBe(before);
    const same = await runCli(["db", "setup", "--storage", "old.db"], { cwd: root });
    expect([same.code, await read("assay.config.json")]).toEqual([0, before]);
    expect((await runCli([...args, "--yes"], { cwd: root })).code).toBe(0);
    expect(JSON.parse(await read("assay.config.json"))).toEqual({ storage: "sqlite:new.db" });
  });

  test.each([
    [["db", "setup"], 2, "cannot be answered without a terminal; --storage URL answers it"],
    [["db", "setup", "--storage", "sqlit:a.db"], 1, 'did you mean "sqlite"?'],
    [["db", "setup", "--storage", "memory:"], 2, "memory: forgets everything"],
    [
      ["db", "setup", "--storage", "postgres://me:hunter2@host/db"],
      2,
      "A password is not written into a file",
    ],
  ])("%j writes nothing and says why", async (args, expected, says) => {
    const { root, read } = await projectFolder({});
    const { code, stderr } = await runCli(args, { cwd: root });
    expect(code).toBe(expected);
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("hunter2");
    await expect(read("assay.config.json")).rejects.toThrow("ENOENT");
  });

  test("a file that is a program, or no JSON, is left as it is", async () => {
    const program = await projectFolder({ "assay.config.ts": "export default {};" });
    const refused = await runCli(["db", "setup", "--storage", "a.db"], { cwd: program.root });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("is a program")]);
    const broken = await projectFolder({ "assay.config.json": "{ storage" });
    const told = await runCli(["db", "setup", "--storage", "a.db", "--yes"], { cwd: broken.root });
    expect(told.code).toBe(2);
    expect(await broken.read("assay.config.json")).toBe("{ storage");
  });
});

test("the storage of a file may name environment variables", async () => {
  const { root } = await projectFolder({
    "assay.config.json": '{ "storage": "sqlite:${DATA_FOLDER}/kept.db" }',
  });
  const unset = await runCli(["list"], { cwd: root });
  expect([unset.code, unset.stderr]).toEqual([
    2,
    `assay: ${root}/assay.config.json needs the environment variable DATA_FOLDER for its storage, and it is not set\n`,
  ]);
  const { stderr } = await runCli(["list"], { cwd: root, env: { DATA_FOLDER: "here" } });
  expect(stderr).toContain(`There is no database at ${root}/here/kept.db yet`);
});

describe.runIf(hasTerminals)("assay db setup on a terminal", () => {
  test("asks for what the kind of storage needs, and writes it", async () => {
    const { root, read } = await projectFolder({});
    const cli = startOnTerminal(["db", "setup"], { cwd: root });
    await cli.shows("Kind of storage");
    cli.type("sqlit\r");
    await cli.shows('did you mean "sqlite"?');
    await cli.shows("Kind of storage");
    cli.type("\r");
    await cli.shows("File (assay.db):");
    cli.type("typed.db\r");
    expect((await cli.ended).code).toBe(0);
    expect(JSON.parse(await read("assay.config.json"))).toEqual({ storage: "sqlite:typed.db" });
  });

  test("no leaves another storage as it is, and ends with 1", async () => {
    const before = '{ "storage": "sqlite:old.db" }';
    const { root, read } = await projectFolder({ "assay.config.json": before });
    const cli = startOnTerminal(["db", "setup", "--storage", "new.db"], { cwd: root });
    await cli.shows("Replace it by sqlite:new.db?");
    cli.type("n\r");
    const { code, screen } = await cli.ended;
    expect([code, screen]).toEqual([1, expect.stringContaining("Nothing was changed")]);
    expect(await read("assay.config.json")).toBe(before);
  });

  test("Ctrl-C writes nothing, and ends with 130", async () => {
    const { root, read } = await projectFolder({});
    const cli = startOnTerminal(["db", "setup"], { cwd: root });
    await cli.shows("Kind of storage");
    cli.type("sqlite\r");
    await cli.shows("File");
    cli.type("\u0003");
    const { code, screen } = await cli.ended;
    expect([code, screen]).toEqual([130, expect.stringContaining("nothing was changed")]);
    await expect(read("assay.config.json")).rejects.toThrow("ENOENT");
  });
});
