import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { commandLine } from "./built-files.ts";

/** How a command ended. */
export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the one that follows it, such as `nice`. */
  readonly through?: readonly string[];
}

/** A command that runs, as a person at a keyboard sees it. */
export interface RunningCli {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CliResult>;
  /** Resolves when standard error holds the text. Rejects when the command ends without it. */
  waitFor(text: string): Promise<void>;
}

/** Starts `assay …`: the built command line in a process of its own, with no settings but those given. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  return startProgram([commandLine, ...args], options);
}

/** Starts a file of JavaScript, with arguments, in the same way. */
export function startProgram(
  args: readonly [file: string, ...rest: string[]],
  { cwd, env = {}, through = [] }: CliOptions,
): RunningCli {
  const [command = "", ...rest] = [...through, process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (part: string) => (stdout += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
    for (const look of waiting) look();
  });
  const ended = new Promise<CliResult>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const waitFor = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`Ended without "${text}": ${stderr}`)));
    });
  return { child, ended, waitFor };
}

/** Runs `assay …` to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return await startCli(args, options).ended;
}

/** A trial as `--json` prints it. */
export interface TrialJson {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly results: Readonly<Record<string, unknown>>;
  readonly error: { readonly message: string };
  readonly attempts: readonly unknown[];
}

/** Runs `assay … --json` and returns what it printed, which has the shape that the caller says. */
export async function runCliJson<Json = unknown>(
  args: readonly string[],
  options: CliOptions,
): Promise<Json> {
  const { code, stdout, stderr } = await runCli([...args, "--json"], options);
  if (code !== 0) throw new Error(`assay ${args.join(" ")} ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as Json;
}
