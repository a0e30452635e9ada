import { describe, expect, test } from "vitest";
import { expectNothingLeft, expectWhole, type Expected } from "../support/fault/expect-whole.ts";
import { killEverywhere, type Scenario } from "../support/fault/kill-points.ts";
import type { ProjectFolder } from "../support/project-folder.ts";
import { runCli } from "../support/run-cli.ts";

/** Trials that leave all that a trial can leave. */
const grid = `
import { choice, defineExperiment, linspace } from "assay";

export default defineExperiment({
  name: "grid",
  space: { x: linspace(1, 3, 2), kind: choice(["a", "b"]) },
  objective: { minimize: "loss" },
  run: async (params, trial) => {
    for (let step = 0; step < 3; step++) {
      trial.report({ cost: params.x * 10 + step }, step);
      await trial.saveSnapshot({ step: step + 1, weights: new Float64Array([step]) });
    }
    await trial.artifact("notes.txt", "kept of " + params.x);
    return { loss: params.x, of: params };
  },
});
`;

const expected: Expected = {
  name: "grid",
  params: [1, 3].flatMap((x) => ["a", "b"].map((kind) => ({ x, kind }))),
  steps: [0, 1, 2],
  artifact: "notes.txt",
};

/** Runs a command that has to succeed. */
async function assay({ root }: ProjectFolder, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(args, { cwd: root });
  if (code !== 0) throw new Error(`assay ${args.join(" ")}: ${stderr}`);
}

async function run(folder: ProjectFolder, database: string, ...more: string[]): Promise<void> {
  const quiet = ["--no-progress", "--executor", "serial"];
  await assay(folder, "run", "grid.ts", "--storage", database, ...quiet, ...more);
}

interface Moving {
  readonly prepare: (folder: ProjectFolder) => Promise<unknown>;
  readonly command: readonly string[];
  readonly target: string;
  /** The target is whole before it, and stays so. */
  readonly isAlwaysWhole?: boolean;
}

function scenario({ prepare, command, target, isAlwaysWhole = false }: Moving): Scenario {
  return {
    files: { "package.json": "{}", "grid.ts": grid },
    prepare,
    act: async ({ root }, env) => await runCli(command, { cwd: root, env }),
    async recover(folder) {
      const path = folder.path(target);
      if (isAlwaysWhole) await expectWhole(path, expected);
      await assay(folder, ...command);
      await expectWhole(path, expected);
      await expectNothingLeft(path, ["grid"]);
    },
  };
}

const moves: Readonly<Record<string, Moving>> = {
  "a copy goes on": {
    prepare: (folder) => run(folder, "from.db"),
    command: ["db", "copy", "from.db", "to.db"],
    target: "to.db",
  },
  "an import that overwrites leaves the old or the new, and is whole when it ran again": {
    async prepare(folder) {
      await run(folder, "kept.db");
      await assay(folder, "db", "export", "grid.jsonl", "--storage", "kept.db");
    },
    command: [
      ...["db", "import", "grid.jsonl", "--storage", "kept.db"],
      ...["--on-conflict", "overwrite"],
    ],
    target: "kept.db",
    isAlwaysWhole: true,
  },
  "a merge takes each trial once": {
    async prepare(folder) {
      await run(folder, "primary.db", "x=1");
      await assay(folder, "db", "copy", "primary.db", "secondary.db");
      await run(folder, "secondary.db");
    },
    command: ["db", "merge", "primary.db", "secondary.db"],
    target: "primary.db",
  },
};

describe("killed between any two of its writes", () => {
  test.each(Object.entries(moves))("%s", async (_, moving) => {
    await killEverywhere(scenario(moving));
  });

  test("an export leaves no file, or a whole one", async () => {
    await killEverywhere({
      files: { "package.json": "{}", "grid.ts": grid },
      prepare: (folder) => run(folder, "from.db"),
      act: async ({ root }, env) => {
        const command = ["db", "export", "out.db", "--force", "--storage", "from.db"];
        return await runCli(command, { cwd: root, env });
      },
      async recover(folder) {
        await assay(folder, "db", "export", "out.db", "--force", "--storage", "from.db");
        await expectWhole(folder.path("out.db"), expected);
        expect(
          await runCli(["db", "verify", "--storage", "out.db"], { cwd: folder.root }),
        ).toMatchObject({ code: 0 });
      },
    });
  });
});
