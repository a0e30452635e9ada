import { randomBytes } from "node:crypto";
import { lstat, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { connectStorage } from "../connect-storage.ts";
import type { Storage } from "../storage.ts";
import { moveAll, planArrivals } from "./arrivals.ts";
import { writeArchive } from "./archive/write-archive.ts";
import { chooseExperiments } from "./choose-experiments.ts";
import { fileError } from "./file-error.ts";
import { formatOf, type ExportFormat } from "./file-format.ts";
import type { SourceExperiment, TransferSource } from "./parts.ts";
import { sumTrials, Tracker, type OnTransferProgress } from "./progress.ts";
import { isSameFile } from "./same-storage.ts";
import { contextOf } from "./storage-context.ts";
import { storageSource } from "./storage-source.ts";

export interface ExportOptions {
  /** `name@2`, or `name` for all of its versions. Default: every experiment. */
  readonly names?: readonly string[];
  /** Replaces a file that is there. Default false: it is `DUPLICATE`. */
  readonly overwrite?: boolean;
  readonly onProgress?: OnTransferProgress;
}

/** What was exported, and to where. */
export interface DatabaseExport {
  /** Its absolute path. */
  readonly file: string;
  readonly format: ExportFormat;
  readonly bytes: number;
  readonly experiments: readonly {
    readonly name: string;
    readonly version: number;
    readonly trials: number;
  }[];
}

/** What `exportDatabase` does (its documentation is there). */
export async function exportTo(
  storage: Storage,
  path: string,
  { names, overwrite = false, onProgress }: ExportOptions,
): Promise<DatabaseExport> {
  const file = resolve(path);
  const source = await storageSource(contextOf(storage));
  const experiments = chooseExperiments(source, names);
  if (await isSameFile(storage.location, file)) {
    throw new AssayError("INVALID_VALUE", `${file} is the storage that is to be exported`);
  }
  await assertFree(file, overwrite);
  const tracker = new Tracker(onProgress, sumTrials(experiments));
  const format = formatOf(file);
  const temporary = join(
    dirname(file),
    `.${basename(file)}.${randomBytes(4).toString("hex")}.part`,
  );
  try {
    if (format === "sqlite") await writeSqlite(source, experiments, temporary, tracker);
    else {
      const isCompressed = file.endsWith(".gz");
      await writeArchive(contextOf(storage), source, experiments, {
        file: temporary,
        isCompressed,
        tracker,
      });
    }
    await putInPlace(temporary, file, { overwrite, format });
  } catch (error) {
    for (const end of ["", "-wal", "-shm"]) await rm(`${temporary}${end}`, { force: true });
    throw fileError(error, file, "written");
  }
  const { size: bytes } = await lstat(file);
  const toRow = ({ name, version, trials }: SourceExperiment) => ({ name, version, trials });
  return { file, format, bytes, experiments: experiments.map(toRow) };
}

async function assertFree(file: string, overwrite: boolean): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new AssayError("STORAGE_UNAVAILABLE", `${file} cannot be written: it is a folder`);
  }
  if (found === undefined) return;
  if (overwrite) {
    // What others committed to it may be in its log only.
    const log = await lstat(`${file}-wal`).catch(() => undefined);
    if (log === undefined || log.size === 0) return;
    throw new AssayError(
      "CONFLICT",
      `${file} is a database that is in use, or was when its process was killed: ${file}-wal is there; export to another file`,
      { details: { file } },
    );
  }
  throw new AssayError("DUPLICATE", `${file} exists already (--force overwrites it)`, {
    details: { file },
  });
}

async function writeSqlite(
  source: TransferSource,
  experiments: readonly SourceExperiment[],
  file: string,
  tracker: Tracker,
): Promise<void> {
  // An empty file is an empty database. The folder of a storage would be made; that of an export has to be there.
  await (await open(file, "wx")).close();
  const storage = await connectStorage(`sqlite:${file}?durability=normal`, {});
  try {
    const intentions = await planArrivals(storage, experiments, {
      onConflict: "fail",
      isSameById: false,
      remedy: "",
    });
    await moveAll(source, storage, intentions, tracker);
  } finally {
    await storage.close();
  }
  await sync(file);
}

/** Moves a whole file to where it was wanted, in one step. */
async function putInPlace(
  temporary: string,
  file: string,
  { overwrite, format }: { readonly overwrite: boolean; readonly format: ExportFormat },
): Promise<void> {
  await assertFree(file, overwrite);
  // The log of a database that was there before is none of the one that takes its place.
  const left = format === "sqlite" ? ["-wal", "-shm"] : [];
  for (const end of left) await rm(`${file}${end}`, { force: true });
  await rename(temporary, file);
  await sync(dirname(file));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
