import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { endTree, killTrees } from "../../util/process-tree.ts";
import { LastLine, OutputEnd } from "./last-output.ts";

/** How long a program that was asked to end may take; less than its worker has before that is ended itself. */
const graceMs = 600;
/** How long to wait for the end of the output of a program that is gone: its children may hold it open. */
const outputGraceMs = 500;

/** A program to start. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the program to end. */
  readonly signal: AbortSignal;
}

/** How a program ended: by an exit code or by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last line on standard output with something in it. */
  readonly lastLine: string;
  /** The end of what it wrote on standard error. */
  readonly errors: string;
}

/**
 * Runs a program to its end, without a shell. What it writes goes on to the streams of this process. When the
 * signal fires, the program and all that it started are asked to end by SIGTERM, and killed after a grace;
 * should this process exit, they are killed at once. Rejects with the system's error if it cannot be started.
 */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { program, args, env, signal } = call;
  signal.throwIfAborted();
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const lastLine = new LastLine();
  const errors = new OutputEnd();
  const closed = once(child, "close");
  closed.catch(() => undefined);
  passOn(child.stdout, process.stdout, (bytes) => lastLine.add(bytes));
  passOn(child.stderr, process.stderr, (bytes) => errors.add(bytes));

  const { code, signal: by } = await exitOf(child, signal);
  await Promise.race([closed, sleep(outputGraceMs, undefined, { ref: false })]);
  for (const stream of [child.stdout, child.stderr]) stream.unpipe().destroy();
  return { code, signal: by, lastLine: lastLine.text, errors: errors.text };
}

function passOn(from: Readable, to: NodeJS.WritableStream, look: (bytes: Buffer) => void): void {
  from.on("data", look).pipe(to, { end: false });
}

async function exitOf(
  child: ChildProcess,
  signal: AbortSignal,
): Promise<Pick<ProgramEnd, "code" | "signal">> {
  let ending: Promise<void> | undefined;
  const end = (): void => {
    if (child.pid !== undefined) ending = endTree(child.pid, graceMs);
  };
  const kill = (): void => {
    if (child.pid !== undefined) killTrees([child.pid]);
  };
  signal.addEventListener("abort", end);
  process.once("exit", kill);
  try {
    const [code, by] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    signal.removeEventListener("abort", end);
    // What it started may still be ending.
    await ending;
    return { code, signal: by };
  } finally {
    signal.removeEventListener("abort", end);
    process.off("exit", kill);
  }
}
