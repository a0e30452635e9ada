import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../support/experiment-folder.ts";
import { processGone } from "../support/process-gone.ts";
import { projectFolder, type ProjectFolder } from "../support/project-folder.ts";
import {
  runCli,
  runCliJson,
  startCli,
  type CliOptions,
  type TrialJson,
} from "../support/run-cli.ts";

const train = `
import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--act")
parser.add_argument("--json", action="store_true")
args = parser.parse_args()
print("training with", args.act)
with open(os.environ["ASSAY_RESULTS_PATH"], "w") as file:
    json.dump({"loss": abs(args.lr - 0.1), "json": args.json}, file)
`;

const words = [
  "python3",
  "train.py",
  "--lr~logspace(0.01, 1, 3)",
  "--act~choices(['relu', 'tanh'])",
];

async function trainingFolder(): Promise<ProjectFolder & CliOptions> {
  const folder = await projectFolder({ "train.py": train });
  return { ...folder, cwd: folder.root, env: { PYTHONDONTWRITEBYTECODE: "1" } };
}

describe("assay run --name N -- COMMAND", () => {
  test("runs the command for every trial, and a second time what is missing", async () => {
    const folder = await trainingFolder();
    const run = ["run", "--name", "tune", "--minimize", "loss"];
    const first = await runCli([...run, "act=relu", "--verbose", "--", ...words], folder);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain("training with relu");
    expect(first.stdout).toMatch(
      /^tune {2}3 completed in .*\nbest {2}trial 2: loss 0, json false\n/,
    );
    const second = await runCli([...run, "--", ...words, "--json"], folder);
    expect(second.stdout).toMatch(/^tune {2}3 completed in .*, 3 completed before\n/);
    expect(await runCliJson<TrialJson>(["trial", "tune#1"], folder)).toMatchObject({
      params: { lr: 0.01, act: "tanh" },
      results: { json: true },
    });
  });

  test("keeps the command with the run, and says how to go on", async () => {
    const folder = await trainingFolder();
    const result = await runCli(
      ["run", "--name", "t t", "--maximize", "no", "--storage", "a.db", "--", ...words.slice(0, 3)],
      folder,
    );
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('The results lack the declared objective "no"');
    expect(result.stdout).toContain(
      "assay run --name 't t' --maximize no --retry-broken --storage a.db -- python3 train.py '--lr~logspace(0.01, 1, 3)'\n",
    );
    const shown = await runCliJson<{ readonly runs: readonly { readonly command: string[] }[] }>(
      ["show", "t t", "--storage", "a.db"],
      folder,
    );
    expect(shown.runs[0]?.command.slice(-4)).toEqual(["--", ...words.slice(0, 3)]);
  });

  test("refuses another space under the name, and says what differs", async () => {
    const folder = await trainingFolder();
    await runCli(["run", "--name", "tune", "act=relu", "--", ...words], folder);
    const { code, stderr } = await runCli(
      ["run", "--name", "tune", "--", ...words.slice(0, 3)],
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Found existing experiment with name "tune"');
    expect(stderr).toContain("act");
  });

  test("shows with --dry-run what would be run, and runs and stores nothing", async () => {
    const folder = await trainingFolder();
    const run = ["run", "--name", "tune", "--dry-run"];
    const command = [...words, "{trial.id}", "{experiment.name}", "it's"];
    expect(await runCli([...run, "act=tanh", "--", ...command], folder)).toEqual({
      code: 0,
      stderr: "",
      stdout: `tune: 3 trials would run
  lr   logspace(0.01, 1, 3)
  act  choice(["relu", "tanh"])
such as
  python3 train.py --lr 0.01 --act tanh '{trial.id}' tune 'it'\\''s'
`,
    });
    const sampled = [
      "--max-trials",
      "4",
      "--json",
      "--",
      "python3",
      "train.py",
      "--lr~uniform(1, 1.5)",
    ];
    const { stdout } = await runCli([...run, ...sampled], folder);
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      toRun: 4,
      command: {
        parameters: { lr: "uniform(1, 1.5)" },
        example: ["python3", "train.py", "--lr", expect.stringMatching(/^1/)],
      },
    });
    expect(existsSync(folder.path("assay.db"))).toBe(false);
  });

  test("fills in a configuration file for each trial", async () => {
    const { root: cwd } = await projectFolder({
      "conf.json": `{ "x": "x~choices([1, 2])", "name": "name~choices(['a'])", "fixed": [1] }`,
      "read.mjs": `
        import { readFileSync, writeFileSync } from "node:fs";
        const [path, y] = process.argv.slice(2);
        if (path !== process.env.ASSAY_TEMPLATE_PATH) process.exit(3);
        const { x, name, fixed } = JSON.parse(readFileSync(path, "utf8"));
        writeFileSync(process.env.ASSAY_RESULTS_PATH, JSON.stringify({ sum: x + Number(y), name, fixed }));`,
    });
    const command = ["node", "read.mjs", "{trial.template}", "y~choices([10, 20])"];
    const args = ["--name", "filled", "--maximize", "sum", "--template", "conf.json"];
    const run = async (): Promise<unknown> =>
      JSON.parse((await runCli(["run", "--json", ...args, "--", ...command], { cwd })).stdout);
    expect(await run()).toMatchObject({ completed: 4, broken: 0 });
    const trials = await runCliJson<TrialJson[]>(["trials", "filled", "--sort", "sum"], { cwd });
    expect(trials.map(({ results }) => results["sum"])).toEqual([11, 12, 21, 22]);
    expect(trials[0]).toMatchObject({
      params: { x: 1, name: "a", y: 10 },
      results: { name: "a", fixed: [1] },
    });
    expect(await run()).toMatchObject({ executed: 0, skipped: 4 });
  });

  test.each([
    [["--template", "cnf.json"], 'there is no file "cnf.json"; did you mean "conf.json"?'],
    [["--template", "."], 'the file "." cannot be read'],
    [["--template", "conf.json", "x~uniform(0, 1)"], 'The parameter "x" is marked twice'],
    [[], "Unknown field {trial.template}"],
  ])("refuses a configuration file that cannot be, and stores nothing: %j", async (flags, why) => {
    const { root: cwd } = await projectFolder({ "conf.json": `{ "x": "x~choices([1, 2])" }` });
    const words = flags.filter((word) => word.includes("~"));
    const options = flags.filter((word) => !word.includes("~"));
    const command = ["--", "echo", "{trial.template}", ...words];
    const result = await runCli(["run", "--name", "refused", ...options, ...command], { cwd });
    expect(result.stderr).toContain(why);
    expect(result.stderr).toMatch(/^[^\n]+\n$/);
    expect(result.code).not.toBe(0);
    expect(existsSync(join(cwd, "assay.db"))).toBe(false);
  });

  test("stores nothing when the command is not there", async () => {
    const folder = await trainingFolder();
    for (const dry of [[], ["--dry-run"]]) {
      const result = await runCli(["run", "--name", "n", ...dry, "--", "./trian.py"], folder);
      expect(result).toEqual({
        code: 1,
        stdout: "",
        stderr: `assay: The command "./trian.py" is not found: no file of this name from ${folder.root}; did you mean "train.py"?\n`,
      });
    }
    expect(existsSync(folder.path("assay.db"))).toBe(false);
  });

  test("looks for the command where it runs it", async () => {
    const folder = await projectFolder({ "work/tool.sh": `echo "{\\"here\\": \\"$(pwd)\\"}"` });
    const cwd = folder.root;
    const run = ["run", "--name", "n", "--directory", "work", "--", "sh", "./tool.sh"];
    expect((await runCli(run, { cwd })).code).toBe(0);
    expect(await runCliJson(["trial", "n#0"], { cwd })).toMatchObject({
      results: { here: folder.path("work") },
    });
  });

  test("ends with 130 when the command says that it was interrupted", async () => {
    const { root: cwd } = await projectFolder({});
    const run = ["run", "--name", "n", "--", "sh", "-c", "exit 130"];
    const { code, stdout } = await runCli(run, { cwd });
    expect(code).toBe(130);
    expect(stdout).toContain("1 interrupted");
  });

  test("is ended at once by a second Ctrl-C, with the command and what that started", async () => {
    const { root: cwd, path, read } = await projectFolder({});
    const script = `trap '' TERM; sleep 1000 & echo $! > pid.new; mv pid.new pid; wait`;
    const run = ["run", "--name", "n", "--", "sh", "-c", script];
    const { child, ended, waitFor } = startCli(run, { cwd });
    await until(() => existsSync(path("pid")));
    const pid = Number(await read("pid"));
    child.kill("SIGINT");
    await waitFor("Press Ctrl-C again");
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    await processGone(pid);
  });

  test("is ended by Ctrl-C with the command", async () => {
    const { root: cwd, path, read } = await projectFolder({});
    const script = "echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.05; done";
    const { child, ended } = startCli(["run", "--name", "n", "--", "sh", "-c", script], { cwd });
    await until(() => existsSync(path("pid")));
    const pid = Number(await read("pid"));
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(await runCliJson<TrialJson>(["trial", "n#0"], { cwd })).toMatchObject({
      status: "interrupted",
    });
  });
});
