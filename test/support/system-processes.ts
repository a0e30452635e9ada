import { readdir, readFile } from "node:fs/promises";

/** Whether a process runs. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => "");
  // A zombie is over and only waits for its parent to hear of it.
  return stat !== "" && !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
}

/**
 * The command lines of the running processes that have a text in their environment, by their ids: all that
 * a process with it started, whatever became of their parents.
 */
export async function processesWith(setting: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // Of processes of others, and of those that just ended, nothing can be read.
    const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(setting)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (command !== "") found.set(Number(name), command.replaceAll("\0", " ").trim());
  }
  return found;
}

/** How much time of a processor a process has used, in milliseconds; the kernel counts in steps of 10 ms. */
export async function processorTimeMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8");
  // After the command in parentheses, which may hold anything: field 3 and on; 14 and 15 are the times.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
