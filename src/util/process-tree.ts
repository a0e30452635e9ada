import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How often it is looked whether processes are gone. */
const pollMs = 20;

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** The process that leads its process group. */
  readonly group: number;
}

/**
 * Ends a process and all that it started: asks them by SIGTERM, and kills what is left of them after a grace.
 * They are sought before the first is asked, because those whose parent is gone cannot be found any more.
 */
export async function endTree(pid: number, graceMs: number): Promise<void> {
  const tree = treesOf([pid]);
  signalAll(tree, "SIGTERM");
  const deadline = performance.now() + graceMs;
  while (tree.some(isAlive) && performance.now() < deadline) await sleep(pollMs);
  killTrees(tree.filter(isAlive));
}

/**
 * Kills processes and all that they started. They are stopped first: what one of them starts between the look
 * and its end would have no parent, and live on.
 */
export function killTrees(pids: Iterable<number>): void {
  const roots = [...pids];
  const stopped = new Set<number>();
  const running = (): readonly number[] => treesOf(roots).filter((pid) => !stopped.has(pid));
  for (let found: readonly number[] = roots; found.length > 0; found = running()) {
    signalAll(found, "SIGSTOP");
    for (const pid of found) stopped.add(pid);
  }
  signalAll(stopped, "SIGKILL");
}

/** Kills all that this process started, but for what leads a process group: that was started to live on. */
export function killStarted(): void {
  const own = allProcesses().filter(
    ({ parent, pid, group }) => parent === process.pid && group !== pid,
  );
  killTrees(own.map(({ pid }) => pid));
}

/** Those of some processes that do not lead a process group. */
export function withoutLeaders(pids: Iterable<number>): number[] {
  return [...pids].filter((pid) => !signals(-pid, 0));
}

/** Processes and their descendants. */
function treesOf(roots: readonly number[]): readonly number[] {
  const rows = allProcesses();
  const trees = new Set(roots);
  // It grows while it is gone through.
  for (const ancestor of trees) {
    for (const { pid, parent } of rows) if (parent === ancestor) trees.add(pid);
  }
  return [...trees];
}

/** Every process; none where the system does not tell. */
function allProcesses(): readonly ProcessRow[] {
  try {
    return process.platform === "linux" ? fromProc() : fromPs();
  } catch {
    return [];
  }
}

function fromProc(): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // pid (name) state parent group …, and the name may hold anything.
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      rows.push({ pid: Number(name), parent: Number(parent), group: Number(group) });
    } catch {
      // It ended meanwhile.
    }
  }
  return rows;
}

function fromPs(): readonly ProcessRow[] {
  const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" });
  return listed
    .trim()
    .split("\n")
    .map((row) => {
      const [pid = 0, parent = 0, group = 0] = row.trim().split(/\s+/).map(Number);
      return { pid, parent, group };
    });
}

function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) signals(pid, signal);
}

function isAlive(pid: number): boolean {
  return signals(pid, 0);
}

/** Sends a signal; false when there is nobody to get it. */
function signals(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
