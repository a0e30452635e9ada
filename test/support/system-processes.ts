import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A process of this machine. */
export interface SystemProcess {
  readonly pid: number;
  readonly parent: number;
  /** Whether it is over, and only waits for its parent to hear of it. */
  readonly isZombie: boolean;
  readonly command: string;
}

/** All processes of this machine. */
export async function listProcesses(): Promise<SystemProcess[]> {
  const { stdout } = await promisify(execFile)(
    "ps",
    ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="],
    {
      maxBuffer: 64 * 1024 ** 2,
    },
  );
  return stdout.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match === null) return [];
    const [, pid, parent, state = "", command = ""] = match;
    return [{ pid: Number(pid), parent: Number(parent), isZombie: state.startsWith("Z"), command }];
  });
}

/** Whether a process runs. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await listProcesses()).some((found) => found.pid === pid && !found.isZombie);
}

/** The processes that a process started, and those that they started. */
export async function descendants(pid: number): Promise<SystemProcess[]> {
  const all = (await listProcesses()).filter(({ isZombie }) => !isZombie);
  const below = (parent: number): SystemProcess[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}
