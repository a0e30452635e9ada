import { spawnSync } from "node:child_process";
import { chmod, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { projectFolder } from "../support/project-folder.ts";

const guide = new URL("../../docs/guides/cli.md", import.meta.url);
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The commands of all shell blocks, in order. */
function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? "");
  return blocks.flatMap((block) => block.trim().split("\n"));
}

test("the commands of the guide work, one after another, in an empty folder", async () => {
  const { root: cwd, path, write } = await projectFolder({});
  await write("bin/assay", `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(path("bin/assay"), 0o755);
  const env = { PATH: [join(cwd, "bin"), process.env["PATH"]].join(delimiter), HOME: cwd };
  const commands = commandsOf(await readFile(guide, "utf8"));
  expect(commands.length).toBeGreaterThan(20);
  for (const command of commands) {
    const { status, stderr } = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8" });
    expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
      command,
      status: 0,
      stderr: "",
    });
  }
});
