import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { onTestFinished } from "vitest";
import type { ProjectFolder } from "./project-folder.ts";

const root = resolve(import.meta.dirname, "../..");

/** A running process of a program of `test/support/programs`. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** All lines that were not read yet, when it ended well; else an error with what it said. */
  rest(): Promise<string[]>;
}

/**
 * Bundles a program from its sources into a folder; then it starts in a Node process as often as wanted, with
 * these environment variables besides the test's.
 */
export async function nodeProgram(
  folder: ProjectFolder,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<(...args: readonly string[]) => RunningProgram> {
  const outfile = folder.path(`${name}.mjs`);
  await build({
    entryPoints: [join(root, "test/support/programs", `${name}.ts`)],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "silent",
  });
  await folder.link("node_modules", join(root, "node_modules")).catch(() => undefined);
  return (...args) => start(outfile, args, env);
}

function start(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningProgram {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`${file} ended without a line: ${errors}`);
    },
    async rest() {
      const read: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        read.push(next.value);
      }
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`${file} ended with ${String(code)}: ${errors}`);
      return read;
    },
  };
}
