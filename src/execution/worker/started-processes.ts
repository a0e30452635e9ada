import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

/** What a thread says of a process that its code started: that it runs, or that it is over. */
export interface ProcessNews {
  readonly process: number;
  readonly isRunning: boolean;
}

/** Tells of the processes that code of this thread starts from now on, once it lets its event loop turn. */
export function tellProcesses(tell: (news: ProcessNews) => void): void {
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    const say = (isRunning: boolean) => (): void => {
      if (child.pid !== undefined) tell({ process: child.pid, isRunning });
    };
    child.once("spawn", say(true)).once("exit", say(false));
  });
}
