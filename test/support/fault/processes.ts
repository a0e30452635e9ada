import { readdirSync, readFileSync } from "node:fs";

/** The state and the parent of a process; undefined when there is none of this number. */
function statusOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The second field is the command in parentheses and may hold anything.
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether a process is there and not just waiting for its parent to hear that it ended. */
export function isRunning(pid: number): boolean {
  const state = statusOf(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Whether a process was stopped by a signal, and runs nothing until it is continued. */
export function isStopped(pid: number): boolean {
  return statusOf(pid)?.state === "T";
}

/** The worker processes that a process started and that are there. */
export function workersOf(coordinator: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && statusOf(pid)?.parent === coordinator)
    .filter((pid) => isRunning(pid) && /worker\/(process|hub)-main/.test(commandOf(pid)));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Sends a signal to a process; whether it was there to get it. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
