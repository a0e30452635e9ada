import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gridExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson } from "../support/run-cli.ts";

const run = ["run", "../grid.ts", "x=1", "--quiet"];

describe("where experiments are kept", () => {
  test("is the flag, else the environment, else the project's file, else the user's, else here", async () => {
    const { root, path, write } = await projectFolder({
      "grid.ts": gridExperiment,
      "deep/.keep": "",
    });
    const cwd = path("deep");
    const env: Record<string, string> = { XDG_CONFIG_HOME: path("home") };

    await runCli(run, { cwd, env });
    expect(existsSync(path("deep/assay.db"))).toBe(true);

    await write("home/assay/config.json", `{ "storage": "sqlite:of-user.db" }`);
    await runCli(run, { cwd, env });
    expect(existsSync(path("home/assay/of-user.db"))).toBe(true);

    await write("assay.config.json", `{ "storage": "data/of-project.db" }`);
    await runCli(run, { cwd, env });
    expect(existsSync(path("data/of-project.db"))).toBe(true);

    env["ASSAY_STORAGE"] = "of-env.db";
    await runCli(run, { cwd, env });
    expect(existsSync(path("deep/of-env.db"))).toBe(true);

    await runCli([...run, "--storage", `sqlite:${root}/of-flag.db`], { cwd, env });
    expect(existsSync(path("of-flag.db"))).toBe(true);
    const listed = await runCliJson(["--storage", "../of-flag.db", "list"], { cwd, env });
    expect(listed).toMatchObject([{ name: "grid", trials: { completed: 2 } }]);
  });

  test("may be said by a TypeScript file", async () => {
    const { root: cwd, path } = await projectFolder({
      "grid.ts": gridExperiment,
      "assay.config.ts": `const name: string = "by-code";\nexport default { storage: \`\${name}.db\` };`,
    });
    await runCli(["run", "grid.ts"], { cwd });
    expect(existsSync(path("by-code.db"))).toBe(true);
  });

  test.each([
    ['{ "storge": "x.db" }', /has an unknown key "storge"; did you mean "storage"\? \(storage\)/],
    ['{ "storage": 3 }', /needs a text for storage/],
    ["[]", /holds no object/],
    ['{ "storage": ', /assay\.config\.json is not JSON: /],
  ])("a wrong file is told in one line: %s", async (text, message) => {
    const { root: cwd, path } = await projectFolder({
      "grid.ts": gridExperiment,
      "assay.config.json": text,
    });
    for (const args of [["run", "grid.ts"], ["list"]]) {
      const { code, stderr } = await runCli(args, { cwd });
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^assay: [^\n]*\n$/);
    }
    expect(existsSync(path("assay.db"))).toBe(false);
  });
});
