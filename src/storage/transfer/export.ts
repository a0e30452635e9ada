import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { connectStorage } from "../connect-storage.ts";
import type { Storage } from "../storage.ts";
import { moveAll, planArrivals } from "./arrivals.ts";
import { writeArchive } from "./archive/write-archive.ts";
import { chooseExperiments } from "./choose-experiments.ts";
import { fileError } from "./file-error.ts";
import { formatOf, isCompressed, type ExportFormat } from "./file-format.ts";
import type { SourceExperiment, TransferSource } from "./parts.ts";
import { sumTrials, Tracker, type TransferOptions } from "./progress.ts";
import { isSameFile } from "./same-storage.ts";
import { contextOf } from "./storage-context.ts";
import { storageSource } from "./storage-source.ts";

export interface ExportOptions extends TransferOptions {
  /** Replaces a file that is there. Default false: it is `DUPLICATE`. */
  readonly overwrite?: boolean;
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
  { names, overwrite = false, ...options }: ExportOptions,
): Promise<DatabaseExport> {
  const file = resolve(path);
  const source = await storageSource(contextOf(storage));
  const experiments = chooseExperiments(source, names);
  if (await isSameFile(storage.location, file)) {
    throw new AssayError("INVALID_VALUE", `${file} is the storage that is to be exported`);
  }
  await assertFree(file, overwrite);
  const tracker = new Tracker(options, sumTrials(experiments));
  const format = formatOf(file);
  await writeWhole(file, { overwrite, format }, async (temporary) => {
    if (format === "sqlite") await writeSqlite(source, experiments, temporary, tracker);
    else {
      await writeArchive(contextOf(storage), source, experiments, {
        file: temporary,
        isCompressed: isCompressed(file),
        tracker,
      });
    }
  });
  const { size: bytes } = await lstat(file);
  const toRow = ({ name, version, trials }: SourceExperiment) => ({ name, version, trials });
  return { file, format, bytes, experiments: experiments.map(toRow) };
}

interface Replacement {
  readonly overwrite: boolean;
  readonly format: ExportFormat;
}

/** Writes a file under another name beside it, and moves it to its place when it is whole. */
async function writeWhole(
  file: string,
  replacement: Replacement,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const name = `.${basename(file)}.${randomBytes(4).toString("hex")}.part`;
  const temporary = join(dirname(file), name);
  const parts = ["", "-wal", "-shm"].map((end) => `${temporary}${end}`);
  // Whoever is in a hurry presses Ctrl-C twice.
  const removeNow = (): void => parts.forEach((part) => rmSync(part, { force: true }));
  process.once("exit", removeNow);
  try {
    await write(temporary);
    await putInPlace(temporary, file, replacement);
  } catch (error) {
    // What could not be made is not there, and its folder may be none.
    for (const part of parts) await rm(part, { force: true }).catch(() => undefined);
    throw fileError(error, file, "written");
  } finally {
    process.off("exit", removeNow);
  }
}

async function assertFree(file: string, overwrite: boolean): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new AssayError("STORAGE_UNAVAILABLE", `${file} cannot be written: it is a folder`);
  }
  if (found === undefined) return;
  if (!found.isFile()) {
    // A device or a pipe would be gone, and a link a file: the new file takes the place of what is there.
    const what = found.isSymbolicLink() ? "a link" : "no regular file";
    throw new AssayError("STORAGE_UNAVAILABLE", `${file} cannot be written: it is ${what}`, {
      details: { file },
    });
  }
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
  { overwrite, format }: Replacement,
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
