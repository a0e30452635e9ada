import { spawnSync } from "node:child_process";
import { until } from "./experiment-folder.ts";

/** Resolves when a process is gone, or only waits to be buried by its parent. Fails the test otherwise. */
export async function processGone(pid: number): Promise<void> {
  const look = `cat /proc/${String(pid)}/stat || ps -o stat= -p ${String(pid)}`;
  await until(() => {
    const { stdout } = spawnSync("sh", ["-c", look], { encoding: "utf8" });
    return stdout === "" || /^Z|\) Z/.test(stdout);
  });
}
