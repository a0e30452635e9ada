import type { Experiment } from "../model/experiment.ts";
import { parseObjectives, type ObjectiveInput } from "../model/objective.ts";
import { createSpace } from "../space/create-space.ts";
import type { SpaceInput } from "../space/params-of.ts";
import type { Storage } from "./storage.ts";
import type { CopyOptions, DatabaseCopy } from "./transfer/copy.ts";
import type { DatabaseExport, ExportOptions } from "./transfer/export.ts";
import type { DatabaseImport, ImportOptions } from "./transfer/import.ts";
import type { DatabaseMerge, MergeOptions } from "./transfer/merge/merge.ts";

/** What of a definition says which experiment it is: one that `defineExperiment` made has it. */
export interface RestorableDefinition {
  readonly name: string;
  readonly space: SpaceInput;
  readonly objective?: ObjectiveInput | readonly ObjectiveInput[];
}

// Every worker imports this module through the user's file, and few of them move data.

/**
 * Writes experiments to a file, with everything that belongs to them: trials, attempts, metrics, snapshots,
 * artifacts, output, runs and code. A file that ends in `.db` or `.sqlite` is a SQLite storage, any other an
 * archive of JSON lines with checksums, compressed when it ends in `.gz`. It appears as a whole or not at all.
 * Others may go on writing to the storage. Throws `NOT_FOUND` for a name that is not there, `DUPLICATE` when
 * the file is there, `STORAGE_UNAVAILABLE` when it cannot be written.
 *
 * @example
 * await exportDatabase(storage, "penguins.jsonl", { names: ["penguins"] });
 */
export async function exportDatabase(
  storage: Storage,
  file: string,
  options: ExportOptions = {},
): Promise<DatabaseExport> {
  const { exportTo } = await import("./transfer/export.ts");
  return await exportTo(storage, file, options);
}

/**
 * Brings the experiments of a file that `exportDatabase` wrote, or of any SQLite storage, into a storage. Each
 * appears as a whole; cut off and called again, it goes on. Everything is checked before anything is written:
 * `CORRUPT` with the line when an archive is damaged, `SCHEMA_NEWER` when a newer Assay wrote it, `CONFLICT`
 * with all the names that are taken under the policy `fail`.
 *
 * @example
 * await importDatabase(storage, "penguins.jsonl", { onConflict: "bump" });
 */
export async function importDatabase(
  storage: Storage,
  file: string,
  options: ImportOptions = {},
): Promise<DatabaseImport> {
  const { importFrom } = await import("./transfer/import.ts");
  return await importFrom(() => Promise.resolve(storage), file, options);
}

/**
 * Copies experiments from one storage to another, of any kind. They keep their ids, states and tokens; a
 * reservation becomes interrupted. Each appears as a whole; cut off and called again, it goes on, and what is
 * there already is left alone. Throws `CONFLICT` when other experiments have their names.
 */
export async function copyDatabase(
  from: Storage,
  to: Storage,
  options: CopyOptions = {},
): Promise<DatabaseCopy> {
  const { copyTo } = await import("./transfer/copy.ts");
  return await copyTo(from, () => Promise.resolve(to), options);
}

/**
 * Brings into one storage what another one has more. Experiments that the primary does not know are moved as by
 * `copyDatabase`. Where both have one of the same name, version and definition, trials belong together when
 * their parameters and occurrence are the same: those that the primary lacks are added, and where only the
 * secondary's completed, its results are taken with the attempts, metrics, snapshots and artifacts behind
 * them. Merging twice is merging once. Throws `CONFLICT` when a definition differs, or, with the policy `fail`,
 * when results do; then nothing was changed.
 *
 * @example
 * const { differences } = await mergeDatabases(storage, fromTheCluster);
 */
export async function mergeDatabases(
  primary: Storage,
  secondary: Storage,
  options: MergeOptions = {},
): Promise<DatabaseMerge> {
  const { mergeInto } = await import("./transfer/merge/merge.ts");
  return await mergeInto(primary, secondary, options);
}

/**
 * The stored experiment of the name of a definition, when it has the same space and objectives; undefined when
 * there is none. Throws `CONFLICT` when another one has the name, saying what differs.
 *
 * @example
 * const stored = await restoreExperiment(storage, penguins);
 */
export async function restoreExperiment(
  storage: Storage,
  { name, space, objective }: RestorableDefinition,
): Promise<Experiment | undefined> {
  return await storage.restoreExperiment({
    name,
    space: createSpace(space),
    objectives: parseObjectives(objective),
  });
}
