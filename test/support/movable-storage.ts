import { choice, createSpace, openStorage, verifyDatabase, type Storage } from "assay";
import { expect, onTestFinished } from "vitest";
import { contentsOf } from "../../src/testing/storage/contents-of.ts";
import { projectFolder, type ProjectFolder } from "./project-folder.ts";
import { runCli, runCliJson, type CliResult } from "./run-cli.ts";

/** A folder with a storage, `source.db`, of experiments with all that trials may leave. */
export interface MovableStorage {
  readonly folder: ProjectFolder;
  readonly url: string;
  /** Runs `assay …` in the folder, whose storage is `source.db`. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
  /** What `assay … --json` printed. */
  json(args: readonly string[]): Promise<unknown>;
}

export const movedNames = ["sweep@1", "sweep@2", "other@1"] as const;

/** @param trials of the experiment `sweep` */
export async function movableStorage(trials = 12): Promise<MovableStorage> {
  const folder = await projectFolder({});
  const url = `sqlite:${folder.path("source.db")}`;
  const storage = await openStorage(`${url}?durability=normal`);
  await storeSweep(storage, "sweep", 1, trials);
  await storeSweep(storage, "sweep", 2, 3);
  await storeSweep(storage, "other", 1, 2);
  await storage.close();
  const options = { cwd: folder.root, env: { ASSAY_STORAGE: url } };
  return {
    folder,
    url,
    run: (args, env = {}) => runCli(args, { ...options, env: { ...options.env, ...env } }),
    json: (args) => runCliJson(args, options),
  };
}

/** Trials that completed with metrics, a snapshot and an artifact each, but for one broken and one new. */
async function storeSweep(
  storage: Storage,
  name: string,
  version: number,
  trials: number,
): Promise<void> {
  const numbers = Array.from({ length: trials }, (_, i) => i);
  const space = createSpace({ x: choice(numbers) });
  const objectives = [{ name: "loss", direction: "minimize" }] as const;
  const experiment = await storage.createExperiment({ name, version, space, objectives, seed: 1 });
  const suggestions = numbers.map((number) => {
    return { params: space.at(number), occurrence: 0, number, position: number + 1 };
  });
  await storage.registerTrials(experiment, await storage.readCursor(experiment), suggestions);
  const run = await storage.startRun(experiment, {
    command: ["run"],
    environment: { node: "20" },
    holder: "h",
  });
  for (const number of numbers.slice(0, -1)) {
    const trial = await storage.reserveTrial(experiment, { holder: "h", run: run.reference });
    if (trial === undefined) throw new Error("No trial was open");
    await storage.saveSnapshot(trial.id, { number }, "half", { lease: trial });
    await storage.saveArtifact(trial.id, "note", Buffer.from(`note ${String(number % 5)}`), trial);
    if (number === 1) {
      await storage.releaseTrial(trial, "broken", { cause: "error", message: "bad" });
    } else await storage.pushTrialResults(experiment, trial, { loss: number });
  }
  await storage.updateRun(run, { status: "completed", summary: { executed: trials } });
}

/** Expects that two storages hold the same of an experiment. */
export async function expectMoved(
  from: string,
  to: string,
  names: readonly string[] = movedNames,
): Promise<void> {
  const [source, target] = [await opened(from), await opened(to)];
  for (const name of names) {
    expect(await contentsOf(target, name)).toEqual(await contentsOf(source, name));
  }
}

/** Expects that a storage holds experiments of these names, that nothing is wrong, and nothing left over. */
export async function expectVerified(url: string, labels?: readonly string[]): Promise<void> {
  const storage = await opened(url);
  const { problems, remarks } = await verifyDatabase(storage);
  expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
  if (labels !== undefined) expect(await labelsOf(url)).toEqual([...labels].sort());
}

/** What is wrong in a storage, which may hold experiments that are on their way. */
export async function problemsOf(url: string): Promise<readonly unknown[]> {
  return (await verifyDatabase(await opened(url))).problems;
}

/** The experiments that can be seen in a storage. */
export async function labelsOf(url: string): Promise<readonly string[]> {
  const experiments = await (await opened(url)).getExperiments();
  return experiments.map(({ name, version }) => `${name}@${String(version)}`).sort();
}

async function opened(url: string): Promise<Storage> {
  const storage = await openStorage(url, { create: false });
  onTestFinished(() => storage.close());
  return storage;
}
