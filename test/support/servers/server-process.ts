import { spawn, type ChildProcess } from "node:child_process";

/** A server as a child process that can be started again. */
export interface ServerProcess {
  /** Starts it; `ready` is asked again and again until it does not throw. */
  start(): Promise<void>;
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The user to run as, where it must be another one. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Resolves once the server answers; rejects until then. `isOver` when the process ended. */
  readonly ready: (isOver: () => boolean) => Promise<void>;
}

export function serverProcess({ command, args, cwd, user, ready }: ServerCommand): ServerProcess {
  let child: ChildProcess | undefined;
  let closed: Promise<void> = Promise.resolve();
  let output = "";
  return {
    async start() {
      const started = spawn(command, args, { cwd, ...user, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      output = "";
      let isOver = false;
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding("utf8").on("data", (part: string) => {
          output = (output + part).slice(-4000);
        });
      }
      closed = new Promise((resolve) => {
        const over = (): void => {
          isOver = true;
          resolve();
        };
        started.once("close", over);
        started.once("error", over);
      });
      try {
        await ready(() => isOver);
      } catch (cause) {
        started.kill("SIGKILL");
        throw new Error(`${command} did not start: ${output}`, { cause });
      }
    },
    async end(signal) {
      child?.kill(signal);
      await closed;
    },
  };
}
