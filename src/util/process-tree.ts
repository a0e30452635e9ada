import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How often it is looked whether processes are gone. */
const pollMs = 20;

/**
 * Ends a process and all that it started: asks them by SIGTERM, and kills what is left of them after a grace.
 * They are sought before the first is asked, because those whose parent is gone cannot be found any more.
 */
export async function endTree(pid: number, graceMs: number): Promise<void> {
  const tree = treeOf(pid);
  signalAll(tree, "SIGTERM");
  const deadline = performance.now() + graceMs;
  while (tree.some(isAlive) && performance.now() < deadline) await sleep(pollMs);
  const left = tree.filter(isAlive);
  signalAll(new Set(left.flatMap((alive) => treeOf(alive))), "SIGKILL");
}

/** Kills a process and all that it started; of this process, only what it started. */
export function killTree(pid: number): void {
  signalAll(
    treeOf(pid).filter((one) => one !== process.pid),
    "SIGKILL",
  );
}

/** A process and its descendants. */
function treeOf(pid: number): readonly number[] {
  const parents = parentsOfAll();
  const tree = [pid];
  // It grows while it is gone through.
  for (const parent of tree) {
    for (const [child, of] of parents) if (of === parent) tree.push(child);
  }
  return tree;
}

/** The parent of every process; of none where the system does not tell. */
function parentsOfAll(): ReadonlyMap<number, number> {
  try {
    return process.platform === "linux" ? parentsOnLinux() : parentsByPs();
  } catch {
    return new Map();
  }
}

function parentsOnLinux(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // pid (name) state parent …, and the name may hold anything.
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(name), Number(parent));
    } catch {
      // It ended meanwhile.
    }
  }
  return parents;
}

function parentsByPs(): ReadonlyMap<number, number> {
  const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = listed.trim().split("\n");
  return new Map(
    rows.map((row): [number, number] => {
      const [pid, parent] = row.trim().split(/\s+/);
      return [Number(pid), Number(parent)];
    }),
  );
}

function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It is gone.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
