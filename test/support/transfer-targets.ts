import { openStorage } from "assay";
import { describe } from "vitest";
import type { ProjectFolder } from "./project-folder.ts";
import { onEachServer } from "./servers/on-each-server.ts";
import { startCli, type CliOptions } from "./run-cli.ts";

/** The URL of an empty storage, for a test that has this folder. */
export type FreshTarget = (folder: ProjectFolder) => string;

/** Defines tests of every kind of storage that data is moved into. */
export function onEachTarget(define: (fresh: FreshTarget, isSqlite: boolean) => void): void {
  describe("SQLite", () => {
    let count = 0;
    define((folder) => `sqlite:${folder.path(`target-${String((count += 1))}.db`)}`, true);
  });
  onEachServer((freshUrl) => {
    define(() => freshUrl(), false);
  });
}

/**
 * Starts `assay …` that moves data into a storage, and kills it as soon as that holds more trials than before.
 * Whether it was killed before it ended.
 */
export async function killOnTheWay(
  args: readonly string[],
  target: string,
  options: CliOptions,
): Promise<boolean> {
  const storage = await openStorage(target);
  const count = async (): Promise<number> =>
    await storage.database.count("trials", {}, { scan: true });
  const before = await count();
  const { child, ended } = startCli(args, options);
  while (child.exitCode === null && (await count()) <= before) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill("SIGKILL");
  await storage.close();
  return (await ended).code === null;
}
