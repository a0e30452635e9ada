import { spawn, spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { commandLine } from "./built-files.ts";
import type { CliOptions } from "./run-cli.ts";

/** Whether a command can be run on a pseudo-terminal here: by `script` of util-linux. */
export const hasTerminals: boolean = /util-linux/.test(
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout,
);

/** A command that runs on a terminal of its own, as if a person sat before it. */
export interface TerminalCli {
  /** Resolves when the screen shows a text that it did not show when this was called before. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

/** Starts `assay …` on a terminal, or another program in its place. */
export function startOnTerminal(
  args: readonly string[],
  { cwd, env = {}, program = commandLine }: CliOptions & { readonly program?: string },
): TerminalCli {
  const command = [process.execPath, program, ...args].map(quoted).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, TERM: "xterm", NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let screen = "";
  let seen = 0;
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    screen += part;
    for (const look of waiting) look();
  });
  const ended = new Promise<{ code: number | null; screen: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, screen }));
  });
  return {
    ended,
    type: (text) => void child.stdin.write(text),
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const place = screen.indexOf(text, seen);
          if (place < 0) return;
          seen = place + text.length;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without "${text}": ${screen}`)));
      }),
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
