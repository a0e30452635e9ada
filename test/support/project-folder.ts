import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of files for one test, removed after it. */
export interface ProjectFolder {
  /** Absolute, without symbolic links. */
  readonly root: string;
  path(name: string): string;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  /** A symbolic link at `name` to another file or folder. */
  link(name: string, target: string): Promise<void>;
}

/** A new folder under the temporary one, with files by their relative paths. */
export async function projectFolder(
  files: Readonly<Record<string, string>>,
): Promise<ProjectFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "project-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const path = (name: string) => join(root, name);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    root,
    path,
    read: (name) => readFile(path(name), "utf8"),
    write,
    async link(name, target) {
      await mkdir(dirname(path(name)), { recursive: true });
      await symlink(target, path(name));
    },
  };
}

/** Runs a module's text in a Node process of its own and returns the JSON that it prints. */
export async function runInNode(
  text: string,
  cwd?: string,
  options: readonly string[] = [],
): Promise<unknown> {
  const args = [...options, "--input-type=module", "--eval", text];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`Node ended with ${String(code)}: ${errors}`);
  return JSON.parse(output);
}
