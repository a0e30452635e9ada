import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command line as it is built. */
export const cli: string = join(import.meta.dirname, "../dist/cli/main.js");

const folders: string[] = [];

process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own that is removed at the end of the process. On a real disk: commits are synced. */
export function createSandbox(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** An experiment of trials that do nothing. */
export function noopExperiment(trials: number): string {
  return experimentOf("noop", trials, "({})");
}

/** An experiment of so many trials, each of which does the same. */
export function experimentOf(name: string, trials: number, body: string, helpers = ""): string {
  return `import { defineExperiment, linspace } from "assay";
${helpers}
export default defineExperiment({
  name: "${name}",
  space: { x: linspace(0, ${String(trials - 1)}, ${String(trials)}) },
  run: ${body.includes("await") ? "async " : ""}() => ${body},
});
`;
}
