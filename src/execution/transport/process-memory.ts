import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const pageBytes = 4096;

/** The resident memory of all processes of a process group, in bytes. */
export async function groupMemory(group: number): Promise<number> {
  const found = process.platform === "linux" ? await fromProc(group) : await fromPs(group);
  return found.reduce((sum, bytes) => sum + bytes, 0);
}

async function fromProc(group: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is looked at.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      // The second field is the command in parentheses and may hold anything; the 5th is the group.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[2]) === group ? Number(fields[21]) * pageBytes : 0;
    }),
  );
  return sizes;
}

async function fromPs(group: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pgid=,rss="]);
  return stdout.split("\n").map((line) => {
    const [id, kilobytes] = line.trim().split(/\s+/).map(Number);
    return id === group ? (kilobytes ?? 0) * 1024 : 0;
  });
}
