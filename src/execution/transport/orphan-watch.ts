import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

/** By this all that workers start can be recognised, whatever became of its parents. */
const variable = "ASSAY_STARTED_BY";

/**
 * Reads the numbers of process groups until this process is gone, however it ended; then kills all of these
 * groups that has the mark. What leads a group of its own was started to live on. Another pass finds what was
 * started meanwhile.
 */
const script = `
groups=' '
while read -r group; do groups="$groups$group "; done
left=yes passes=0
while [ $left = yes ] && [ $passes -lt 20 ]; do
  left=no passes=$((passes + 1))
  for file in $(grep -lsF "$MARK" /proc/[0-9]*/environ); do
    pid=\${file#/proc/} pid=\${pid%/environ}
    stat=$(cat "/proc/$pid/stat") || continue
    # pid (name) state parent group …, and the name may hold anything.
    set -- \${stat##*)}
    case "$groups" in *" $3 "*) kill -9 "$pid" && left=yes ;; esac
  done
done`;

interface Watch {
  readonly mark: string;
  /** Reads the numbers of groups; undefined until there is one to watch. */
  watcher?: ChildProcess;
}

let own: Watch | undefined;

/** The environment for a worker of this process: what the worker starts will have its mark too. */
export function markedEnvironment(): NodeJS.ProcessEnv {
  own ??= { mark: randomUUID() };
  return { ...process.env, [variable]: own.mark };
}

/**
 * Has what marked workers in a process group started be killed when this process is gone, even by SIGKILL; by
 * a small process beside it. Does nothing where the system does not show the environment of processes.
 * @param group by default that of this process, where its threads start processes
 */
export function watchGroup(group: number | undefined = ownGroup()): void {
  if (group !== undefined) watcher()?.stdin?.write(`${String(group)}\n`);
}

/** Whether there is somebody who ends the groups that are watched. */
export function hasWatcher(): boolean {
  return watcher()?.pid !== undefined;
}

function watcher(): ChildProcess | undefined {
  if (process.platform !== "linux" || own === undefined) return undefined;
  own.watcher ??= startWatcher(own.mark);
  return own.watcher;
}

function startWatcher(mark: string): ChildProcess {
  const env = { PATH: process.env["PATH"], MARK: `${variable}=${mark}` };
  // In a group of its own, lest Ctrl-C in a terminal ends it first.
  const watcher = spawn("/bin/sh", ["-c", script], {
    env,
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Without it what a trial started may outlive a killed run, and nothing else.
  watcher.on("error", () => undefined).unref();
  watcher.stdin.on("error", () => undefined);
  return watcher;
}

function ownGroup(): number | undefined {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return undefined;
  }
}
