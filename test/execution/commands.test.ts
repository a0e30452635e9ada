import {
  execute,
  defineCommand,
  openStorage,
  type ExecuteOptions,
  type Storage,
  type Trial,
} from "assay";
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { collect } from "../support/collect.ts";
import { until } from "../support/experiment-folder.ts";
import { processGone } from "../support/process-gone.ts";
import { projectFolder, runInNode, type ProjectFolder } from "../support/project-folder.ts";

type Command = Omit<Parameters<typeof defineCommand>[0], "name">;

interface CommandFolder extends ProjectFolder {
  readonly storage: Storage;
  /** What the commands wrote, so far. */
  output(): string;
  /** Executes a command in the folder as the experiment "command". */
  run(command: Command, options?: ExecuteOptions): ReturnType<typeof execute>;
  /** Executes a command that has one trial, and reads that. */
  runOne(command: Command, options?: ExecuteOptions): Promise<Trial>;
}

async function commandFolder(files: Readonly<Record<string, string>>): Promise<CommandFolder> {
  const folder = await projectFolder(files);
  const storage = await openStorage("memory:");
  onTestFinished(() => storage.close());
  let output = "";
  const run: CommandFolder["run"] = (command, options = {}) =>
    execute(defineCommand({ name: "command", ...command }), {
      storage,
      executor: "serial",
      directory: folder.root,
      onOutput: (text) => (output += text),
      ...options,
    });
  return {
    ...folder,
    storage,
    output: () => output,
    run,
    async runOne(command, options) {
      await run(command, options);
      const [trial] = await storage.getTrials("command");
      return trial!;
    },
  };
}

/** A command of one trial from the text of a Node program. */
function node(text: string, ...words: readonly string[]): Command {
  return { command: [process.execPath, "--input-type=module", "--eval", text, "--", ...words] };
}

function sh(text: string, ...words: readonly string[]): Command {
  return { command: ["sh", "-c", text, "sh", ...words] };
}

const writeResults = (json: string): Command =>
  sh(`printf '%s' "$1" > "$ASSAY_RESULTS_PATH"`, json);

describe("a command as the trials of an experiment", () => {
  test("may be a Python script", async () => {
    const { run } = await commandFolder({
      "train.py": `
import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--act")
args = parser.parse_args()
with open(os.environ["ASSAY_RESULTS_PATH"], "w") as file:
    json.dump({"loss": args.lr * (1 if args.act == "relu" else 2)}, file)
`,
    });
    const summary = await run({
      command: ["python3", "train.py", "--lr~linspace(0, 1, 3)", "--act~choices(['relu', 'tanh'])"],
      objective: { maximize: "loss" },
    });
    expect(summary).toMatchObject({
      completed: 6,
      broken: 0,
      best: { params: { lr: 1, act: "tanh" }, results: { loss: 2 } },
    });
  });

  test("may be a shell script without an ending", async () => {
    const { run, root, storage } = await commandFolder({
      "bin/measure": `#!/bin/sh
echo "measuring $1"
echo "{\\"value\\": $1}"
`,
    });
    await chmod(`${root}/bin/measure`, 0o755);
    await run({ command: ["bin/measure", "size~choices([2, 3])"] });
    const trials = await storage.getTrials("command");
    expect(trials.map(({ results }) => results)).toEqual([{ value: 2 }, { value: 3 }]);
  });

  test("may be a Node script", async () => {
    const { run, storage } = await commandFolder({
      "train.mjs": `
import { writeFileSync } from "node:fs";
const { net } = JSON.parse(process.env.ASSAY_PARAMS);
writeFileSync(process.env.ASSAY_RESULTS_PATH, JSON.stringify({ loss: 1 / net.depth, args: process.argv.slice(2) }));
`,
    });
    await run(
      { command: [process.execPath, "train.mjs", "--net.depth=~uniform(1, 4, discrete=True)"] },
      { narrow: ["net.depth=2"], maxTrials: 1 },
    );
    const [trial] = await storage.getTrials("command");
    expect(trial).toMatchObject({
      params: { net: { depth: 2 } },
      results: { loss: 0.5, args: ["--net.depth=2"] },
    });
  });

  test("may have no parameters, and is one trial then", async () => {
    const { run } = await commandFolder({});
    expect(await run(sh(`echo '{}'`))).toMatchObject({ completed: 1 });
  });

  test("is no other experiment when its other words change, only when its space does", async () => {
    const { run } = await commandFolder({});
    const of = (...words: readonly string[]): Command => sh(`echo '{"x": 1}'`, ...words);
    expect(await run(of("--a~choices([1, 2])", "--fast"))).toMatchObject({ completed: 2 });
    expect(await run(of("--a~choices([1, 2])"))).toMatchObject({ executed: 0, skipped: 2 });
    await expect(run(of("--a~choices([1, 2, 3])"))).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is exported by a file like any experiment", async () => {
    const folder = await projectFolder({
      "package.json": "{}",
      "experiment.ts": `
import { defineCommand } from "assay";
export default defineCommand({ name: "filed", command: ["echo", '{"x": 1}'] });`,
    });
    const options = { storage: "memory:", onOutput: () => undefined };
    const summary = await execute(folder.path("experiment.ts"), options);
    expect(summary).toMatchObject({ experiment: "filed@1", completed: 1 });
  });
});

describe("the words of a command", () => {
  const shown = `console.log(JSON.stringify({ words: process.argv.slice(1) }))`;

  test("reach the program as they are, without a shell, with fields filled in", async () => {
    const { runOne } = await commandFolder({});
    const { results, id, seed } = await runOne({
      ...node(
        shown,
        "$HOME; ls *",
        "",
        "{a} ~ 'b'",
        "{experiment.name}@{experiment.version}",
        "{trial.id}/{trial.number}/{trial.attempt}/{trial.seed}",
        "out={trial.directory}",
        "--n~choices(['a b'])",
        "again:{params.n}",
      ),
    });
    expect(results).toEqual({
      words: [
        "$HOME; ls *",
        "",
        "{a} ~ 'b'",
        "command@1",
        `${id}/0/1/${String(seed)}`,
        expect.stringMatching(`^out=/.*${id}$`),
        "--n",
        "a b",
        "again:a b",
      ],
    });
  });
});

describe("the environment of a command", () => {
  test("tells it of its trial", async () => {
    const { runOne, root } = await commandFolder({});
    const trial = await runOne(
      node(
        `import { existsSync } from "node:fs";
         const own = Object.entries(process.env).filter(([name]) => name.startsWith("ASSAY_"));
         const there = existsSync(process.env.ASSAY_TRIAL_DIRECTORY);
         console.log(JSON.stringify({ ...Object.fromEntries(own), there, cwd: process.cwd() }));`,
        "--rate~choices([0.5])",
        "--net.act~choices(['relu'])",
      ),
    );
    const { results } = trial;
    const directory = String(results?.["ASSAY_TRIAL_DIRECTORY"]);
    expect(directory).toMatch(new RegExp(`^${root}/.*${trial.id}$`));
    expect(results).toMatchObject({
      ASSAY_EXPERIMENT_NAME: "command",
      ASSAY_EXPERIMENT_VERSION: "1",
      ASSAY_TRIAL_ID: trial.id,
      ASSAY_TRIAL_NUMBER: "0",
      ASSAY_TRIAL_ATTEMPT: "1",
      ASSAY_TRIAL_SEED: String(trial.seed),
      ASSAY_PARAMS: '{"rate":0.5,"net":{"act":"relu"}}',
      ASSAY_RESULTS_PATH: expect.stringContaining(`${directory}/`) as unknown,
      ASSAY_METRICS_PATH: expect.stringContaining(`${directory}/`) as unknown,
      ASSAY_INTERRUPT_CODE: "130",
      there: true,
      cwd: root,
    });
  });

  test("has new paths in the next attempt, and the same folder", async () => {
    const { run, storage } = await commandFolder({});
    const command = sh(`
      echo "$ASSAY_RESULTS_PATH" >> "$ASSAY_TRIAL_DIRECTORY/paths"
      if [ "$ASSAY_TRIAL_ATTEMPT" = 1 ]; then echo '{"stale": 1}' > "$ASSAY_RESULTS_PATH"; exit 1; fi
      echo "{\\"paths\\": $(sort -u "$ASSAY_TRIAL_DIRECTORY/paths" | wc -l)}"`);
    expect(await run(command)).toMatchObject({ broken: 1 });
    expect(await run(command, { retryBroken: true })).toMatchObject({ completed: 1 });
    expect((await storage.getTrials("command"))[0]?.results).toEqual({ paths: 2 });
  });
});

describe("the results of a command", () => {
  test.each([
    [`{"loss": 0.25, "note": "a 😀"}`, { loss: 0.25, note: "a 😀" }],
    [`{"loss": NaN, "gain": -Infinity}`, { loss: NaN, gain: -Infinity }],
    [
      `[{"name": "loss", "type": "objective", "value": 0.5},
        {"name": "slope", "type": "gradient", "value": [1, 2]},
        {"name": "size", "type": "constraint", "value": 3},
        {"name": "steps", "type": "statistic", "value": 7}]`,
      { loss: 0.5, slope: [1, 2], size: 3, steps: 7 },
    ],
    [`0.125`, { loss: 0.125 }],
  ])("are the JSON of its file: %s", async (json, results) => {
    const { runOne } = await commandFolder({});
    const trial = await runOne({ ...writeResults(json), objective: { minimize: "loss" } });
    expect(trial).toMatchObject({ status: "completed", results });
  });

  test("are its last line on standard output where it wrote no file", async () => {
    const { runOne } = await commandFolder({});
    const { results } = await runOne(
      sh(`echo '{"loss": 2}'; printf '{"loss": 1}\\r\\n\\n'; echo '{}' >&2`),
    );
    expect(results).toEqual({ loss: 1 });
  });

  test.each([
    [
      `{'loss': 1}`,
      `results-1.json is not JSON at position 1: it has "'" where a name in double quotes should be, in "{'loss': 1}"`,
    ],
    [
      `{"loss": 1`,
      `results-1.json is not JSON at position 10: it ends where "," or "}" should be, in "{\\"loss\\": 1"`,
    ],
    [
      `loss=1`,
      `results-1.json is not JSON at position 0: it has "l" where a value should be, in "loss=1"`,
    ],
    [" \n", "results-1.json is empty; it takes an object"],
    [
      `"good"`,
      `The results of a command are an object such as {"loss": 0.3}, a list of {"name", "type", "value"}, or a number, got "good"`,
    ],
    [`[1]`, `results[0] is no {"name": TEXT, "type": TEXT, "value": VALUE}, got 1`],
    [
      `[{"name": "loss", "type": "objektive", "value": 1}]`,
      `results[0] has the unknown type "objektive"; did you mean "objective"?`,
    ],
    [
      `[{"name": "a", "type": "statistic", "value": 1}, {"name": "a", "type": "objective", "value": 1}]`,
      `results[1] has the name "a" of one before it`,
    ],
    [`{"lss": 1}`, `The results lack the declared objective "loss"; the trial returned lss`],
    [`{"loss": "low"}`, `The objective "loss" must be a number, got the text "low"`],
  ])("that are none break the trial: %s", async (json, message) => {
    const { runOne } = await commandFolder({});
    const trial = await runOne({ ...writeResults(json), objective: { minimize: "loss" } });
    expect(trial).toMatchObject({ status: "broken", results: null, error: { cause: "results" } });
    expect(trial.error?.message).toContain(message);
    expect(trial.error?.message).not.toContain("\n");
  });

  test.each(["true", "echo done", `printf '[{"name": 1}]'`])(
    "that are missing break the trial, which says how they are written: %s",
    async (text) => {
      const { runOne } = await commandFolder({});
      const { error } = await runOne(sh(text));
      expect(error?.message).toMatch(/^The command left no results; .* ASSAY_RESULTS_PATH /);
    },
  );

  test("that are a broken last line break the trial", async () => {
    const { runOne } = await commandFolder({});
    const { error } = await runOne(sh(`echo '{"loss": oops}'`));
    expect(error?.message).toBe(
      `Its last line on standard output is not JSON at position 9: it has "o" where a value should be, in "{\\"loss\\": oops}"`,
    );
  });
});

describe("the metrics of a command", () => {
  test("are the lines of its file", async () => {
    const { runOne, storage } = await commandFolder({});
    const trial = await runOne(
      sh(`echo '{"step": 1, "loss": 0.5}' >> "$ASSAY_METRICS_PATH"
          printf '{"loss": NaN, "speed": 3}' >> "$ASSAY_METRICS_PATH"
          echo '{}'`),
    );
    const points = (await collect(storage.getMetrics("command"))).map(({ name, step, value }) => [
      name,
      step,
      value,
    ]);
    expect(points).toEqual([
      ["loss", 1, 0.5],
      ["loss", null, NaN],
      ["speed", null, 3],
    ]);
    expect(trial).toMatchObject({ status: "completed", metrics: { loss: NaN, speed: 3 } });
  });

  test("are stored while it runs", async () => {
    const { run, storage, write } = await commandFolder({});
    const ended = run(
      sh(
        `echo '{"loss": 1}' >> "$ASSAY_METRICS_PATH"; while [ ! -e go ]; do sleep 0.02; done; echo '{}'`,
      ),
    );
    await until(async () => (await storage.findExperiment("command")) !== undefined);
    await until(async () => (await collect(storage.getMetrics("command"))).length === 1);
    await write("go", "");
    expect(await ended).toMatchObject({ completed: 1 });
  });

  test("that are none break the trial", async () => {
    const { runOne } = await commandFolder({});
    const { error } = await runOne(
      sh(`printf '{"loss": 1}\\n{"loss": "low"}\\nx\\n' > "$ASSAY_METRICS_PATH"; echo '{}'`),
    );
    expect(error).toMatchObject({ cause: "results" });
    expect(error?.message).toContain("Line 2 of its metrics file metrics-1.jsonl");
  });
});

describe("a command that fails", () => {
  test("is broken with its exit code, its last words, and the end of its standard error", async () => {
    const { runOne } = await commandFolder({});
    const { status, error } = await runOne(
      node(`for (let i = 0; i < 2000; i++) console.error("line " + i);
            console.error("No such layer"); process.exitCode = 3;`),
    );
    expect(status).toBe("broken");
    expect(error).toMatchObject({
      cause: "error",
      message: "The command ended with exit code 3: No such layer",
    });
    expect(error?.stack).toMatch(/^line \d+\nline \d+\n[^]*\nline 1999\nNo such layer$/);
    expect(error?.stack?.length).toBeLessThan(10_000);
  });

  test("is broken with the signal that killed it", async () => {
    const { runOne } = await commandFolder({});
    const { error } = await runOne(sh(`kill -9 $$`));
    expect(error).toMatchObject({ message: "The command was killed by SIGKILL" });
  });

  test("is broken when it cannot be started any more", async () => {
    const { run, storage, root } = await commandFolder({
      "once.sh": `#!/bin/sh\nrm once.sh; echo '{}'`,
    });
    await chmod(`${root}/once.sh`, 0o755);
    await run({ command: ["./once.sh", "--n~choices([1, 2])"] });
    const [, second] = await storage.getTrials("command");
    expect(second?.error?.message).toMatch(
      /^The command ".\/once.sh" could not be started: .*ENOENT/,
    );
  });
});

describe("a command that says that it was interrupted, by exit code 130", () => {
  test("is interrupted, ends the run, and is the first of the next one", async () => {
    const { run, storage, write } = await commandFolder({});
    const command = sh(
      `if [ "$2" = 2 ] && [ ! -e go ]; then exit "$ASSAY_INTERRUPT_CODE"; fi; echo '{}'`,
      "--n~choices([1, 2, 3])",
    );
    expect(await run(command)).toMatchObject({
      end: "interrupted",
      stopped: "Trial 1 says that it was interrupted",
      completed: 1,
      interrupted: 1,
      broken: 0,
    });
    await write("go", "");
    expect(await run(command)).toMatchObject({ end: "done", completed: 2, skipped: 1 });
    expect((await storage.getTrials("command"))[1]).toMatchObject({
      status: "completed",
      attempt: 2,
    });
  });
});

describe("the output of a command", () => {
  test("is passed on as it is, whatever bytes come together", async () => {
    const { run, output } = await commandFolder({});
    const text = "a😀é漢\n";
    await run(
      node(`for (const byte of Buffer.from(${JSON.stringify(text)})) {
              await new Promise((done) => process.stdout.write(Buffer.of(byte), () => setTimeout(done, 5)));
            }
            console.log("{}");`),
    );
    await until(() => output().includes("{}"));
    expect(output()).toBe(`${text}{}\n`);
  });

  test("may be long", async () => {
    const { runOne, output } = await commandFolder({});
    const { results } = await runOne(
      node(
        `for (let i = 0; i < 200; i++) console.log("😀".repeat(100)); console.log(JSON.stringify({ done: 1 }));`,
      ),
    );
    expect(results).toEqual({ done: 1 });
    await until(() => output().includes("done"));
    expect(output()).toBe(`${`${"😀".repeat(100)}\n`.repeat(200)}{"done":1}\n`);
  });

  test("that something it started holds open does not hold up the trial", async () => {
    const { run, read } = await commandFolder({});
    const summary = await run(sh(`sleep 1000 & echo $! > pid; echo '{"x": 1}'`), {
      timeout: 30_000,
    });
    expect(summary).toMatchObject({ completed: 1 });
    process.kill(Number(await read("pid")), "SIGKILL");
  });
});

const stubborn = `
  trap '' TERM
  sh -c 'trap "" TERM; echo $$ > inner.new; mv inner.new inner.pid; while :; do sleep 0.05; done' &
  echo $$ > outer.new; mv outer.new outer.pid
  while :; do sleep 0.05; done`;

describe("a command that has to end", () => {
  test("by its timeout is killed with all that it started, however little it listens", async () => {
    const folder = await commandFolder({});
    const trial = await folder.runOne(sh(stubborn), { timeout: 1500 });
    expect(trial).toMatchObject({ status: "broken", error: { cause: "timeout" } });
    for (const file of ["outer.pid", "inner.pid"])
      await processGone(Number(await folder.read(file)));
  });

  test("because its worker exits is killed with all that it started", async () => {
    const { root, read } = await commandFolder({});
    await runInNode(
      `import { existsSync } from "node:fs";
       import { defineCommand, execute } from ${JSON.stringify(import.meta.resolve("assay"))};
       const command = ["sh", "-c", ${JSON.stringify(stubborn)}];
       void execute(defineCommand({ name: "n", command }), { storage: "memory:", executor: "inline" });
       setInterval(() => existsSync("outer.pid") && existsSync("inner.pid") && (console.log("1"), process.exit(0)), 20);`,
      root,
    );
    for (const file of ["outer.pid", "inner.pid"]) {
      await processGone(Number(await read(file)));
    }
  });

  test("by an interruption is asked first, and may leave something for the next attempt", async () => {
    const { run, write, path, storage } = await commandFolder({});
    const command = sh(
      `
      cd "$ASSAY_TRIAL_DIRECTORY"
      if [ -e state ]; then echo "{\\"state\\": \\"$(cat state)\\"}"; exit; fi
      trap 'echo saved > state; exit 1' TERM
      touch "$1"
      while :; do sleep 0.02; done`,
      path("began"),
    );
    const controller = new AbortController();
    const ended = run(command, { signal: controller.signal });
    await until(() => existsSync(path("began")));
    controller.abort();
    expect(await ended).toMatchObject({ interrupted: 1, broken: 0 });
    await write("began", "");
    expect(await run(command)).toMatchObject({ completed: 1 });
    expect((await storage.getTrials("command"))[0]?.results).toEqual({ state: "saved" });
  });
});

describe("a command that cannot be started", () => {
  test.each([
    [
      "pyhton3",
      "NOT_FOUND",
      'The command "pyhton3" is not found: no program of this name in PATH; did you mean "python3"?',
    ],
    ["./trian.sh", "NOT_FOUND", 'no file of this name from FOLDER; did you mean "train.sh"?'],
    [
      "./train.sh",
      "INVALID_VALUE",
      'The command "./train.sh" is not executable; chmod +x makes it so',
    ],
    ["./folder", "INVALID_VALUE", 'The command "./folder" is a folder'],
    [
      "train.sh",
      "NOT_FOUND",
      'The command "train.sh" is not found: no program of this name in PATH',
    ],
  ])("%s is an error before anything is stored", async (program, code, message) => {
    const { run, storage, root } = await commandFolder({ "train.sh": "echo 1", "folder/x": "" });
    await expect(run({ command: [program, "--n~choices([1])"] })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message.replace("FOLDER", root)) as unknown,
    });
    expect(await storage.getExperiments()).toEqual([]);
  });

  test("may be anywhere in PATH, also behind a file that is not executable", async () => {
    const { run, root, path } = await commandFolder({
      "a/tool": "",
      "b/tool": `#!/bin/sh\necho '{}'`,
    });
    await chmod(path("b/tool"), 0o755);
    const before = process.env["PATH"];
    onTestFinished(() => void (process.env["PATH"] = before));
    process.env["PATH"] = `${root}/a:${root}/b:${before ?? ""}`;
    expect(await run({ command: ["tool"] })).toMatchObject({ completed: 1 });
  });
});

describe("defineCommand", () => {
  test.each([
    [
      { name: "x", command: "python train.py" },
      'A command is a list of words such as ["python3", "train.py"], got "python train.py"',
    ],
    [{ name: "x", command: [] }, "The command is empty"],
    [{ name: "", command: ["a"] }, "name"],
    [{ name: "x", command: ["a"], objectve: { minimize: "y" } }, 'Unknown field "objectve"'],
    [{ name: "x", command: ["a", "--lr~uniform(0)"] }, 'Parameter "lr": uniform needs high'],
  ])("refuses %j", (definition, message) => {
    expect(() => defineCommand(definition as never)).toThrow(message);
  });

  test("needs a limit for priors that are sampled", async () => {
    const { run } = await commandFolder({});
    await expect(run(sh("true", "--lr~uniform(0, 1)"))).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("--max-trials") as unknown,
    });
  });

  test("also runs inline", async () => {
    const { run } = await commandFolder({});
    const command = sh(`echo '{"y": 2}' > "$ASSAY_RESULTS_PATH"`);
    expect(await run(command, { executor: "inline" })).toMatchObject({ completed: 1 });
  });
});
