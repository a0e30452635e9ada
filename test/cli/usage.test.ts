import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, startCli } from "../support/run-cli.ts";

const plainVerbs = [
  ..."init run list status show trials trial best insert logs artifacts snapshots metrics".split(
    " ",
  ),
];
/** Verbs behind one word. */
const groups = { db: ["verify"] };
const verbs = [
  ...plainVerbs,
  ...Object.entries(groups).flatMap(([group, names]) => names.map((name) => `${group} ${name}`)),
];
const cwd = process.cwd();

describe("assay", () => {
  test("--version prints the version of the package, also behind a verb", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8"));
    for (const args of [["--version"], ["run", "--version"]]) {
      expect(await runCli(args, { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    }
  });

  test("--help lists every verb", async () => {
    for (const args of [["--help"], ["-h"], ["help"]]) {
      const { code, stdout } = await runCli(args, { cwd });
      expect(code).toBe(0);
      for (const verb of [...plainVerbs, ...Object.keys(groups)]) {
        expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, "m"));
      }
    }
  });

  test.each(Object.entries(groups))("%s --help lists the verbs behind it", async (group, names) => {
    const { code, stdout } = await runCli([group, "--help"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: assay ${group} VERB`));
    expect(stdout).toMatch(new RegExp(`^Examples:\n {2}assay ${group}\\b`, "m"));
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${group} ${name}\\b`, "m"));
    expect(await runCli(["help", group], { cwd })).toEqual({ code, stdout, stderr: "" });
    expect(await runCli([group], { cwd })).toEqual({ code: 2, stdout: "", stderr: stdout });
  });

  test.each(verbs)("%s --help shows its options and examples that begin with it", async (verb) => {
    const { code, stdout } = await runCli([...verb.split(" "), "--help"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: assay ${verb}\\b`));
    expect(stdout).toContain("--storage");
    expect(stdout).toMatch(new RegExp(`^Examples:\n {2}assay ${verb}\\b`, "m"));
    for (const args of [
      ["help", ...verb.split(" ")],
      [...verb.split(" "), "-h"],
    ]) {
      expect(await runCli(args, { cwd })).toEqual({ code, stdout, stderr: "" });
    }
  });

  test("without a verb shows help, as wrong usage", async () => {
    const { code, stdout, stderr } = await runCli([], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: assay VERB");
  });

  test.each([
    [["statsu"], 'Unknown verb "statsu"; did you mean "status"?'],
    [["db", "verfiy"], 'Unknown verb "db verfiy"; did you mean "verify"?'],
    [["db", "--jsno"], "No verb is given beside --jsno; see assay db --help"],
    [["db", "verify", "a", "b"], "Too many arguments: assay db verify [EXPERIMENT] [options]"],
    [["list", "--jsno"], 'Unknown option "--jsno" of assay list; did you mean "--json"?'],
    [
      ["run", "--max-trial=3", "x.ts"],
      'Unknown option "--max-trial" of assay run; did you mean "--max-trials"?',
    ],
    [["list", "--json=yes"], "--json takes no value"],
    [["db", "import", ""], "FILE is empty: assay db import FILE [EXPERIMENT …] [options]"],
    [
      ["db", "set", "x", "id=3", "status=new"],
      `"id=3" selects no trials ('*', status=STATUS, '#NUMBER', or 4 or more digits of an id)`,
    ],
    [["list", "extra"], "Too many arguments: assay list [options]"],
    [["show"], "EXPERIMENT is missing: assay show EXPERIMENT [options]"],
    [
      ["run"],
      "A file or a command is missing: assay run FILE, or assay run --name NAME -- COMMAND …",
    ],
    [["run", "--"], "A command needs the name of its experiment: --name NAME"],
    [["run", "--", "true"], "A command needs the name of its experiment: --name NAME"],
    [["run", "--name", "n", "--"], 'The command is missing: it stands behind "--"'],
    [["run", "--name", "n"], "--name belongs to a command, and none is given"],
    [["run", "x.ts", "--minimize", "loss"], "--minimize belongs to a command, and none is given"],
    [
      ["run", "x.ts", "--name", "n", "--", "true"],
      'Either a file or a command is run, not "x.ts" and a command',
    ],
    [
      ["run", "--name", "n", "--export", "b", "--", "true"],
      "--export belongs to a file, not to a command",
    ],
    [
      ["run", "--name", "n", "--minimize", "a", "--maximize", "b", "--", "true"],
      "Either --minimize or --maximize can be given, not both",
    ],
    [
      ["run", "--name", "n", "--", "true", "{trial.nubmer}"],
      'Unknown field {trial.nubmer} in "{trial.nubmer}"; did you mean "trial.number"?',
    ],
    [
      ["run", "--name", "n", "--", "true", "--a~uniform(0, 1)", "--a~uniform(0, 1)"],
      'The parameter "a" is marked twice',
    ],
    [
      ["run", "--name", "n", "--", "true", "--a~uniform(0, 1)"],
      '"a" is drawn from a range without end, so the run needs a limit: --max-trials N',
    ],
    [["run", "x.ts", "--max-trials"], "--max-trials N lacks its value"],
    [
      ["run", "x.ts", "--max-trials", "few"],
      '--max-trials takes a whole number from 1 on, not "few"',
    ],
    [["run", "x.ts", "--max-broken", "0"], '--max-broken takes a whole number from 1 on, not "0"'],
    [
      ["run", "x.ts", "--timeout", "soon"],
      "--timeout takes a duration such as 500ms, 30s, 5m or 1h",
    ],
    [
      ["run", "x.ts", "--executor", "serail"],
      '--executor takes one of threads, processes, hybrid, serial, inline, not "serail"; did you mean "serial"?',
    ],
    [
      ["run", "x.ts", "--directory", "/nowhere"],
      '--directory takes a folder that exists, not "/nowhere"',
    ],
    [["trials", "x", "--status", "borken"], 'Unknown status "borken"; did you mean "broken"?'],
    [
      ["trials", "x", "--format", "xml"],
      '--format takes one of table, json, jsonl, csv, not "xml"',
    ],
    [["trials", "x", "--desc"], "--desc needs --sort NAME"],
    [["trials", "x", "--format", "csv", "--json"], "--json and --format csv exclude each other"],
  ])("%j is wrong usage, told in one line", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    if (args.includes("--json")) expect(JSON.parse(stderr).error.message).toContain(message);
    else expect(stderr).toContain(`assay: ${message}`);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("--json makes errors JSON on standard error", async () => {
    const { root } = await projectFolder({});
    const { code, stdout, stderr } = await runCli(["show", "x", "--json"], { cwd: root });
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "NOT_FOUND",
        message: expect.stringContaining("There is no database"),
        details: expect.any(Object),
      },
    });
  });

  test("--verbose adds where an error is from", async () => {
    const { root } = await projectFolder({});
    const { stderr } = await runCli(["list", "--verbose"], { cwd: root });
    expect(stderr).toMatch(/^assay: There is no database[^\n]*\n[^]*\n {4}at /);
  });

  test("ends quietly when its reader has seen enough", async () => {
    const { root } = await projectFolder({});
    await runCli(["init", "sweep.ts"], { cwd: root });
    await runCli(["run", "sweep.ts"], { cwd: root });
    const { child, ended } = startCli(["metrics", "sweep", "--format", "csv"], { cwd: root });
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});
