import { openStorage, type OpenStorageOptions, type Storage } from "assay";
import { onTestFinished } from "vitest";
import { projectFolder, type ProjectFolder } from "./project-folder.ts";
import { runCli, runCliJson, type CliResult } from "./run-cli.ts";

/** A kind of storage that the command line is tested on. */
export interface CliBackend {
  readonly name: string;
  /** The URL of an empty storage for one test. */
  readonly create: (folder: ProjectFolder) => Promise<string>;
}

/** Every kind. A server's `create` makes a database of its own, which it removes when the test is finished. */
export const cliBackends: readonly CliBackend[] = [
  { name: "sqlite", create: (folder) => Promise.resolve(`sqlite:${folder.path("kept.db")}`) },
];

/** A folder and a storage for one test. The command line finds the storage by `ASSAY_STORAGE`. */
export interface CliDatabase {
  readonly folder: ProjectFolder;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `assay …` in the folder. */
  run(...args: readonly string[]): Promise<CliResult>;
  /** What `assay … --json` printed. */
  json(...args: readonly string[]): Promise<unknown>;
  /** A connection of the test's own, closed after it. */
  open(options?: OpenStorageOptions): Promise<Storage>;
}

export async function cliDatabase(
  backend: CliBackend,
  files: Readonly<Record<string, string>> = {},
): Promise<CliDatabase> {
  const folder = await projectFolder(files);
  const url = await backend.create(folder);
  const env = { ASSAY_STORAGE: url };
  return {
    folder,
    url,
    env,
    run: (...args) => runCli(args, { cwd: folder.root, env }),
    json: (...args) => runCliJson([...args, "--json"], { cwd: folder.root, env }),
    async open(options) {
      const storage = await openStorage(url, options);
      onTestFinished(() => storage.close());
      return storage;
    },
  };
}

/** Trials of a grid of six in every state but pruned: 0 and 1 completed, 2 broken, 3 suspended, 4 reserved, 5 new. */
export async function storedStates(
  storage: Storage,
  { name = "states", version = 1 }: { readonly name?: string; readonly version?: number } = {},
): Promise<void> {
  const { choice, createSpace } = await import("assay");
  const space = createSpace({ x: choice([0, 1, 2, 3, 4, 5]) });
  const objectives = [{ name: "loss", direction: "minimize" }] as const;
  const experiment = await storage.createExperiment({ name, version, space, objectives, seed: 1 });
  const suggestions = Array.from({ length: 6 }, (_, number) => {
    return { params: space.at(number), occurrence: 0, number, position: number + 1 };
  });
  await storage.registerTrials(experiment, await storage.readCursor(experiment), suggestions);
  const ids = await storage.getTrialIds(experiment);
  const id = (number: number): string => ids[number] ?? "";
  await storage.completeTrial(id(0), { loss: 0 });
  await storage.completeTrial(id(1), { loss: 1 });
  await storage.setTrialStatus(id(2), "broken");
  await storage.setTrialStatus(id(3), "suspended");
  await storage.claimTrialsById([id(4)], "somebody");
}
