import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { codeBlocks, type CodeBlock } from "../support/markdown.ts";
import { projectFolder } from "../support/project-folder.ts";

const guides = join(import.meta.dirname, "../../docs/guides");
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The commands of all shell blocks, in order. A backslash at the end of a line goes on in the next. */
function commandsOf(blocks: readonly CodeBlock[]): string[] {
  const shell = blocks.filter(({ language }) => language === "sh");
  return shell.flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, "").split("\n"));
}

/** The blocks that are files: those whose first line is a comment that names one. */
function filesOf(blocks: readonly CodeBlock[]): Record<string, string> {
  const files = blocks.flatMap(({ text }): [string, string][] => {
    const [, name] = /^(?:#|\/\/) ([\w.-]+\.\w+)\n/.exec(text) ?? [];
    return name === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(files);
}

test.each([
  ["cli.md", 28],
  ["commands.md", 8],
  ["database.md", 15],
  ["moving.md", 8],
])("the commands of %s work, one after another, in a folder of its files", async (guide, count) => {
  const blocks = codeBlocks(join(guides, guide));
  const { root: cwd, path, write } = await projectFolder(filesOf(blocks));
  await write("bin/assay", `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(path("bin/assay"), 0o755);
  const env = { PATH: [join(cwd, "bin"), process.env["PATH"]].join(delimiter), HOME: cwd };
  const commands = commandsOf(blocks);
  expect(commands.length).toBeGreaterThanOrEqual(count);
  for (const command of commands) {
    const { status, stderr } = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8" });
    expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
      command,
      status: 0,
      stderr: "",
    });
  }
});
