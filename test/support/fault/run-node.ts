import { spawn } from "node:child_process";
import type { ProjectFolder } from "../project-folder.ts";

/** How a process ended: `code` is null when a signal ended it. */
export interface NodeResult {
  readonly code: number | null;
  readonly stderr: string;
}

/**
 * Runs a module's text in a Node process in a folder; it finds `execute` and `openStorage`.
 */
export async function runNode(
  text: string,
  { root }: ProjectFolder,
  env: Readonly<Record<string, string>>,
): Promise<NodeResult> {
  const prelude = `import { execute, openStorage } from ${JSON.stringify(import.meta.resolve("assay"))};`;
  const args = ["--input-type=module", "--eval", prelude + text];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr += part));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stderr };
}
