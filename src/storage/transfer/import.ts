import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { connectStorage } from "../connect-storage.ts";
import type { Storage } from "../storage.ts";
import { archiveSource } from "./archive/archive-source.ts";
import {
  isMoved,
  moveAll,
  planArrivals,
  type ConflictPolicy,
  type MovedExperiment,
} from "./arrivals.ts";
import { chooseExperiments } from "./choose-experiments.ts";
import { fileError } from "./file-error.ts";
import { formatOf } from "./file-format.ts";
import type { TransferSource } from "./parts.ts";
import { sumTrials, Tracker, type TransferOptions } from "./progress.ts";
import { isSameFile, sameStorage } from "./same-storage.ts";
import { contextOf } from "./storage-context.ts";
import { storageSource } from "./storage-source.ts";

export interface ImportOptions extends TransferOptions {
  /** What becomes of an experiment whose name and version are taken. Default `fail`. */
  readonly onConflict?: ConflictPolicy;
}

export interface DatabaseImport {
  /** The absolute path of the file. */
  readonly file: string;
  readonly experiments: readonly MovedExperiment[];
}

/**
 * What `importDatabase` does (its documentation is there).
 * @param openTarget opens, or makes, the storage once it is known that the file is whole
 */
export async function importFrom(
  openTarget: () => Promise<Storage>,
  path: string,
  { onConflict = "fail", names, ...options }: ImportOptions,
): Promise<DatabaseImport> {
  const file = resolve(path);
  const source = await openSource(file, options);
  try {
    const experiments = chooseExperiments(source, names);
    const storage = await openTarget();
    if (await isSameFile(storage.location, file)) throw sameStorage(file, storage.location);
    const intentions = await planArrivals(storage, experiments, {
      onConflict,
      isSameById: false,
      remedy: "--on-conflict ignore, overwrite or bump says what to do",
    });
    const moved = intentions.filter(isMoved).map((intention) => intention.source);
    const tracker = new Tracker(options, sumTrials(moved));
    return { file, experiments: await moveAll(source, storage, intentions, tracker) };
  } finally {
    await source.close();
  }
}

async function openSource(
  file: string,
  { onProgress, signal }: Pick<TransferOptions, "onProgress" | "signal">,
): Promise<TransferSource> {
  if (formatOf(file) === "archive") {
    return await archiveSource(file, (lines) => {
      signal?.throwIfAborted();
      onProgress?.({ stage: "checking", experiment: "", trials: lines, total: 0 });
    });
  }
  await access(file).catch((error: unknown) => {
    throw fileError(error, file, "read");
  });
  const storage = await connectStorage(`sqlite:${file}`, { create: false });
  try {
    const source = await storageSource(contextOf(storage));
    return { ...source, close: async () => await storage.close() };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
