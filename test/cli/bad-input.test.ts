import { existsSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { gridExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

/** An experiment file with a space, and whatever else its definition has. */
function withSpace(space: string, more = ""): string {
  return `
import * as assay from "assay";
const { choice, constant, integer, linspace, logspace, logUniform, matched, parameter, uniform, variant } = assay;
export default assay.defineExperiment({ name: "bad", space: ${space}, ${more} run: () => ({}) });
`;
}

const wrongFiles: readonly (readonly [what: string, file: string, message: RegExp])[] = [
  [
    "a file that exports no experiment",
    "export const x = 1;",
    /bad\.ts exports no experiment: export default defineExperiment\(\{ … \}\) \(it exports x\)/,
  ],
  ["a syntax error", "const a = 1;\nconst b = ;\n", /bad\.ts:2:11: /],
  ["an error while it is loaded", 'throw new Error("no data");', /bad\.ts:1:7: no data/],
  [
    "a constructor that does not exist",
    'import { linspce } from "assay"; linspce(0, 1, 2);',
    /exports no "linspce"; did you mean "linspace"/,
  ],
  [
    "an unknown dimension kind",
    withSpace('{ x: "unifrm(0, 1)" }'),
    /unifrm.*did you mean "uniform"/,
  ],
  ["a range upside down", withSpace("{ x: uniform(1, 0) }", "maxTrials: 1,"), /"x".*1.*0/],
  ["a grid upside down", withSpace("{ a: { x: linspace(2, 1, 3) } }"), /"a\.x".*2.*1/],
  ["the log of zero", withSpace("{ x: logspace(0, 1, 3) }"), /"x".*0/],
  ["the log of less", withSpace("{ x: logUniform(-1, 1) }", "maxTrials: 1,"), /"x".*-1/],
  [
    "matched values of another number than the trials",
    withSpace("{ x: choice([1, 2, 3]), y: matched([1, 2]) }"),
    /"y" has 2 values.*3 trials/,
  ],
  ["an empty choice", withSpace("{ x: choice([]) }"), /"x".*value/],
  ["an illegal name", withSpace('{ "a.b": 1 }'), /a\.b/],
  [
    "a name that is there twice",
    withSpace('{ v: variant("kind", { a: { kind: choice([1, 2]) }, b: {} }) }'),
    /kind/,
  ],
  [
    "an unknown field",
    withSpace("{ x: 1 }", "objectve: 1,"),
    /"objectve".*did you mean "objective"/,
  ],
  ["a sampled space without a limit", withSpace("{ x: uniform(0, 1) }"), /"x" .*--max-trials/],
  [
    "a free input without a value",
    withSpace("{ x: parameter() }"),
    /"x" has no value; give it as x=/,
  ],
];

/** Asserts that a command said one line, and ended as it should. */
function expectRefusal(
  result: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
  message: RegExp,
  codes: readonly number[] = [1, 2],
): void {
  expect(result.stdout).toBe("");
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/^assay: [A-Z./\w"][^\n]*[^.\n]\n$/);
  expect(codes).toContain(result.code);
}

describe("a wrong experiment file is one clear line, and nothing is stored", () => {
  test.each(wrongFiles)("%s", async (_, text, message) => {
    const { root: cwd, path } = await projectFolder({ "bad.ts": text });
    expectRefusal(await runCli(["run", "bad.ts", "--no-progress"], { cwd }), message);
    expect(existsSync(path("assay.db"))).toBe(false);
  });

  test.each(wrongFiles)("%s, beside what is stored already", async (_, text, message) => {
    const { root: cwd } = await projectFolder({ "bad.ts": text, "grid.ts": gridExperiment });
    await runCli(["run", "grid.ts", "x=1"], { cwd });
    const before = await runCliJson(["list"], { cwd });
    expectRefusal(await runCli(["run", "bad.ts", "--no-progress"], { cwd }), message);
    expect(await runCliJson(["list"], { cwd })).toEqual(before);
  });

  test("a setup that throws breaks no trial", async () => {
    const setup = 'setup: () => { throw new Error("no disk"); },';
    const { root: cwd } = await projectFolder({ "bad.ts": withSpace("{ x: 1 }", setup) });
    expectRefusal(await runCli(["run", "bad.ts", "--no-progress"], { cwd }), /no disk/, [1]);
    const [grid] = await runCliJson<{ readonly trials: object }[]>(["list"], { cwd });
    expect(grid?.trials).toMatchObject({ broken: 0, completed: 0 });
  });

  test("no such file, with the nearest name", async () => {
    const { root: cwd, path } = await projectFolder({ "grid.ts": gridExperiment });
    const result = await runCli(["run", "gird.ts"], { cwd });
    expectRefusal(result, /^assay: No such file: gird\.ts; did you mean "grid\.ts"\?/, [1]);
    expect(existsSync(path("assay.db"))).toBe(false);
  });

  test("another export than the default one", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const result = await runCli(["run", "grid.ts", "--export", "defaul"], { cwd });
    expectRefusal(result, /exports no "defaul"; did you mean "default"/);
  });
});

describe("a wrong request is one clear line, and nothing is stored", () => {
  test.each([
    ["an unknown parameter", ["y=1"], /Unknown parameter "y"/],
    ["a slip in a name", ["model.kin=a"], /did you mean "model\.kind"/],
    [
      "a value outside its dimension",
      ["x=99"],
      /Parameter "x" cannot be 99; it must be one of 1, 2, 3/,
    ],
    ["no assignment", ["x"], /"x" is no assignment; write name=value/],
    ["an unknown algorithm", ["--algorithm", "grod"], /"grod".*did you mean "grid"/],
    ["an unknown trial", ["--trial", "abcdef"], /No trial "abcdef"/],
    ["two choices of trials", ["--trial", "abcdef", "x=1"], /not both/],
  ])("%s", async (_, args, message) => {
    const { root: cwd, path } = await projectFolder({ "grid.ts": gridExperiment });
    expectRefusal(await runCli(["run", "grid.ts", ...args, "--no-progress"], { cwd }), message);
    expect(existsSync(path("assay.db"))).toBe(false);
    expectRefusal(await runCli(["run", "grid.ts", ...args, "--dry-run"], { cwd }), message);
  });

  test("another definition under a stored name, with what differs", async () => {
    const { root: cwd, write } = await projectFolder({ "grid.ts": gridExperiment });
    await runCli(["run", "grid.ts"], { cwd });
    const before = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    await write("grid.ts", gridExperiment.replace("[1, 2, 3]", "[1, 2, 4]"));
    const { code, stdout, stderr } = await runCli(["run", "grid.ts", "--no-progress"], { cwd });
    expect([code, stdout]).toEqual([1, ""]);
    const [line, ...differences] = stderr.trimEnd().split("\n");
    expect(line).toBe(
      'assay: Found existing experiment with name "grid", but with different parameters. Use a different name.',
    );
    expect(differences).toEqual([expect.stringMatching(/^ {2}.*x.*/)]);
    expect(await runCliJson<TrialJson[]>(["trials", "grid"], { cwd })).toEqual(before);
  });
});

describe("a result that cannot be stored", () => {
  test("makes that trial broken with its path, and the others run", async () => {
    const { root: cwd } = await projectFolder({
      "bad.ts": `
        import { choice, defineExperiment } from "assay";
        export default defineExperiment({
          name: "bad", space: { x: choice([0, 1, 2]) },
          run: ({ x }) => ({ fine: x, model: { callback: x === 1 ? () => x : x } }),
        });`,
    });
    const { code } = await runCli(["run", "bad.ts"], { cwd });
    expect(code).toBe(3);
    const trials = await runCliJson<TrialJson[]>(["trials", "bad"], { cwd });
    expect(trials).toMatchObject([
      { status: "completed" },
      { status: "broken", error: { cause: "results" } },
      { status: "completed" },
    ]);
    expect(trials[1]?.error.message).toContain("results.model.callback");
  });
});

describe("a wrong storage is one clear line", () => {
  const attempt = async (storage: string, files: Readonly<Record<string, string>> = {}) => {
    const folder = await projectFolder({ "grid.ts": gridExperiment, ...files });
    const args = ["run", "grid.ts", "--no-progress", "--storage", storage];
    return { ...folder, result: await runCli(args, { cwd: folder.root }) };
  };

  test("an unknown scheme", async () => {
    const { result } = await attempt("sqlit:assay.db");
    expectRefusal(result, /Unknown storage "sqlit:"; did you mean "sqlite"\?/);
  });

  test("a path that is a folder", async () => {
    const { result } = await attempt(".");
    expectRefusal(result, /is a folder; name a file in it/);
  });

  test("a path that cannot be written", async () => {
    const { result } = await attempt("/proc/assay-test/assay.db");
    expectRefusal(result, /\/proc\/assay-test/);
  });

  test("a path through a file", async () => {
    const { result } = await attempt("grid.ts/assay.db");
    expectRefusal(result, /grid\.ts/);
  });

  test("a file that is no database", async () => {
    const { result, path } = await attempt("text.db", {
      "text.db": "only text, and enough of it\n".repeat(200),
    });
    expectRefusal(result, /text\.db is not an SQLite database/);
    expect(existsSync(path("text.db-wal"))).toBe(false);
  });

  test("a database of another program", async () => {
    const { root: cwd, path } = await projectFolder({ "grid.ts": gridExperiment });
    const other = new Sqlite(path("other.db"));
    other.exec("CREATE TABLE theirs (x)");
    other.close();
    const args = ["run", "grid.ts", "--no-progress", "--storage", "other.db"];
    expectRefusal(await runCli(args, { cwd }), /other\.db is a database of another program/);
  });

  test("a database of a newer Assay", async () => {
    const { root: cwd, path } = await projectFolder({ "grid.ts": gridExperiment });
    await runCli(["run", "grid.ts", "x=1"], { cwd });
    const database = new Sqlite(path("assay.db"));
    database.prepare("UPDATE meta SET value = '999' WHERE key = 'schema'").run();
    database.close();
    for (const args of [["run", "grid.ts", "--no-progress"], ["list"]]) {
      expectRefusal(await runCli(args, { cwd }), /has schema 999, written by a newer Assay/);
    }
  });
});
