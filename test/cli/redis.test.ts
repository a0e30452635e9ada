import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { gridExperiment } from "../support/experiment-files.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson } from "../support/run-cli.ts";
import { serverUrl } from "../support/servers/server-url.ts";

const server = serverUrl("Redis");

/** Makes Node find no package "redis". */
const withoutPackage = `data:text/javascript,${encodeURIComponent(`
  import { register } from "node:module";
  const hooks = "export async function resolve(name, context, next) {" +
    "if (name === 'redis') throw Object.assign(new Error('no redis'), { code: 'ERR_MODULE_NOT_FOUND' });" +
    "return await next(name, context); }";
  register("data:text/javascript," + encodeURIComponent(hooks));
`)}`;

describe.skipIf(server === undefined)("Redis", () => {
  test("runs of several processes at once share the work of one experiment", async () => {
    const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
    const storage = ["--storage", `${String(server)}?prefix=${randomUUID()}`];
    const runs = await Promise.all(
      ["threads", "processes", "serial"].map((executor) =>
        runCli(["run", "grid.ts", "--executor", executor, "--quiet", ...storage], { cwd }),
      ),
    );
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, ""]));
    const [listed] = await runCliJson<{ trials: Record<string, number> }[]>(["list", ...storage], {
      cwd,
    });
    expect(listed?.trials["completed"]).toBe(listed?.trials["total"]);
    const verified = await runCli(["db", "verify", ...storage], { cwd });
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining("nothing is wrong"),
    ]);
  });

  test("without its package, the command that installs it is named", async () => {
    const { root: cwd } = await projectFolder({});
    const env = { NODE_OPTIONS: `--import=${withoutPackage}` };
    const { code, stderr } = await runCli(["list", "--storage", String(server)], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain('A Redis storage needs the package "redis": npm install redis');
  });
});
