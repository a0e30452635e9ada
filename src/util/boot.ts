import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

let cachedBootId: string | undefined;

/**
 * What identifies this boot of this machine: monotonic times of two processes can be compared when it is
 * equal. Where the system tells no boot id, the host's name, with the wall clock as the monotonic time.
 */
export function bootId(): string {
  cachedBootId ??= firstLine("/proc/sys/kernel/random/boot_id") ?? `host:${hostname()}`;
  return cachedBootId;
}

/** Milliseconds on a clock that nobody sets; of use only together with `bootId`. */
export function monotonicMs(): number {
  if (bootId().startsWith("host:")) return Date.now();
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** The space of process numbers: a pid says nothing about processes of another one (a container). */
function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/^pid:\[(\d+)\]$/, "$1");
  } catch {
    return hostname();
  }
}

/** When a process started, in the kernel's ticks since boot; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  const stat = firstLine(`/proc/${String(pid)}/stat`);
  // The second field is the command in parentheses and may hold anything; the 22nd is the start.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** This machine's name and, where it has one, its installation's id. */
function machine(): string {
  return `${hostname()}:${firstLine("/etc/machine-id") ?? ""}`;
}

/** This process, so that another one on the same machine can tell whether it is still alive. */
export function processIdentity(): string {
  const start = startOf(process.pid) ?? "0";
  return [bootId(), machine(), pidNamespace(), String(process.pid), start].join("/");
}

/**
 * Whether the process of an identity is provably gone: it ran under this machine's process numbers, and no
 * process has its number and start now, or the machine was booted since. False when it cannot be known.
 */
export function isProcessGone(identity: string): boolean {
  const [boot, host, namespace, pid, start] = identity.split("/");
  if (boot === undefined || host !== machine() || pid === undefined) return false;
  if (boot !== bootId()) return true;
  if (namespace !== pidNamespace()) return false;
  if (start !== undefined && start !== "0") return startOf(Number(pid)) !== start;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
