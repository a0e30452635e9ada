import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { TrialError } from "../../model/trial.ts";
import { builtFile } from "../../util/own-package.ts";
import { threadArguments } from "../thread-arguments.ts";
import { hasWatcher, markedEnvironment, watchGroup } from "./orphan-watch.ts";
import { isStopped } from "./is-stopped.ts";
import { groupMemory } from "./process-memory.ts";
import { watchedArgument } from "./watched-argument.ts";

/** How long a process that was asked to end may take. */
const graceMs = 1000;
/** How often the memory of a process with a limit is looked at. */
const memoryPollMs = 100;
/** How much of the end of its standard error is looked at for why it ended. */
const errorTail = 2000;

/** What is heard of a process. */
export interface ProcessListener {
  /** Bytes of its messages, in order. */
  onBytes(bytes: Buffer): void;
  /** What was written past the capture of its output: by native code, or by processes that it started. */
  onOutput(text: string, stream: "stdout" | "stderr"): void;
  /** The process is gone without having been asked, and this is why. */
  onExit(error: TrialError): void;
}

export interface ProcessOptions {
  /** The entry, as a path in `dist`. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** The limit of the resident memory of the process and those that it started, in MB. */
  readonly memoryMb?: number | undefined;
}

/**
 * A worker process: it hears messages at file descriptor 3 and answers at 4. It leads a process group of
 * its own, so that Ctrl-C in a terminal does not reach it and all that it started can be ended with it; and
 * it ends itself when descriptor 5 is closed, which happens however this process ends.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #listener: ProcessListener;
  readonly #exited: Promise<void>;
  readonly #watch: NodeJS.Timeout | undefined;
  #isEnding = false;
  #error = "";
  /** Why it was ended from here without having been asked to. */
  #failure: TrialError | undefined;

  constructor({ entry, args = [], memoryMb }: ProcessOptions, listener: ProcessListener) {
    this.#listener = listener;
    const env = markedEnvironment();
    const execArgv = threadArguments().execArgv ?? process.execArgv;
    const program = [...execArgv, fileURLToPath(builtFile(entry))];
    const watched = hasWatcher() ? [watchedArgument] : [];
    this.#child = spawn(process.execPath, [...program, ...args, ...watched], {
      env,
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
      detached: true,
    });
    // For when it is killed together with this process, so that nobody of the two ends what it started.
    if (this.#child.pid !== undefined) watchGroup(this.#child.pid);
    const answers = this.#stream(4);
    answers.on("data", (bytes: Buffer) => listener.onBytes(bytes));
    this.#hear("stdout", this.#child.stdout);
    this.#hear("stderr", this.#child.stderr);
    // A process that is gone takes no message any more; its end is told otherwise.
    for (const place of [3, 5]) this.#stream(place).on("error", () => undefined);
    const ended = new Promise<void>((resolve) => answers.once("close", () => resolve()));
    this.#exited = new Promise((resolve) => {
      const exit = (error: TrialError): void => void this.#exit(error, ended).then(resolve);
      this.#child.once("error", ({ message }) => {
        exit({ cause: "lost", message: `The worker process cannot be started: ${message}` });
      });
      this.#child.once("exit", (code, signal) => exit(this.#reason(code, signal)));
    });
    if (memoryMb !== undefined) {
      this.#watch = setInterval(() => void this.#checkMemory(memoryMb), memoryPollMs);
      this.#watch.unref();
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  write(bytes: Uint8Array): void {
    const stream = this.#child.stdio[3] as Writable;
    if (stream.writable) stream.write(bytes);
  }

  async isStopped(): Promise<boolean> {
    const { pid } = this.#child;
    return pid !== undefined && (await isStopped(pid));
  }

  /** Asks it to end, and ends it after a grace, with all that it started. Resolves when it is gone. */
  async terminate(): Promise<void> {
    this.#isEnding = true;
    this.#child.kill("SIGTERM");
    const kill = setTimeout(() => this.#killGroup(), graceMs);
    await this.#exited;
    clearTimeout(kill);
  }

  #stream(place: number): Readable {
    return this.#child.stdio[place] as Readable;
  }

  #hear(name: "stdout" | "stderr", stream: Readable | null): void {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (name === "stderr") this.#error = (this.#error + text).slice(-errorTail);
      this.#listener.onOutput(text, name);
    });
  }

  async #exit(error: TrialError, ended: Promise<void>): Promise<void> {
    clearInterval(this.#watch);
    this.#killGroup();
    // What it said last may still be in the pipe.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    for (const stream of this.#child.stdio) stream?.destroy();
    if (!this.#isEnding) this.#listener.onExit(this.#failure ?? error);
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): TrialError {
    if (/heap out of memory|Worker terminated due to reaching memory limit/.test(this.#error)) {
      return { cause: "memory", message: "The worker process ran out of memory" };
    }
    if (signal !== null) {
      return { cause: "lost", message: `The worker process was killed by ${signal}` };
    }
    const message = `The code called process.exit: the worker process ended with exit code ${String(code)}`;
    return { cause: "error", message };
  }

  async #checkMemory(memoryMb: number): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || this.#failure !== undefined) return;
    const bytes = await groupMemory(pid).catch(() => 0);
    const megabytes = bytes / 1024 ** 2;
    if (megabytes <= memoryMb || this.#isEnding) return;
    const used = `${String(Math.ceil(megabytes))} MB of memory`;
    const message = `The worker process used ${used} (limit: ${String(memoryMb)} MB)`;
    this.#failure = { cause: "memory", message };
    this.#killGroup();
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // None of the group is left.
    }
  }
}
