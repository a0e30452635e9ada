import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Whether a process is stopped, by SIGSTOP or a debugger. False when the system does not tell. */
export async function isStopped(pid: number): Promise<boolean> {
  const state = process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  return /^[Tt]/.test(await state.catch(() => ""));
}

async function fromProc(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "latin1");
  // The second field is the command in parentheses and may hold anything; the third is the state.
  return stat.slice(stat.lastIndexOf(")") + 2);
}

async function fromPs(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "state=", "-p", String(pid)]);
  return stdout.trim();
}
