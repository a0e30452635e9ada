import type { Storage } from "../storage/storage.ts";
import { projectConfig, userConfig } from "./config-file.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { tellOutages } from "./outages.ts";

const defaultStorage = "sqlite:assay.db";

/** What said where experiments are kept. */
export type StorageSource = "flag" | "environment" | "project" | "user" | "default";

export interface ChosenStorage {
  readonly url: string;
  readonly source: StorageSource;
  /** The file that says so, where one does. */
  readonly file?: string;
}

/**
 * Where experiments are kept: `--storage`, else `ASSAY_STORAGE`, else the project's file (here or in a folder
 * above), else the user's, else `assay.db` in the current folder.
 */
export async function chosenStorage({ storage }: GlobalFlags): Promise<ChosenStorage> {
  const { env } = process;
  if (storage !== undefined) return { url: storage, source: "flag" };
  if (env["ASSAY_STORAGE"]) return { url: env["ASSAY_STORAGE"], source: "environment" };
  const project = await projectConfig(process.cwd(), env);
  if (project.storage !== undefined) return of(project.storage, "project", project.file);
  const user = await userConfig(env);
  if (user.storage !== undefined) return of(user.storage, "user", user.file);
  return { url: defaultStorage, source: "default" };
}

function of(url: string, source: StorageSource, file: string | undefined): ChosenStorage {
  return file === undefined ? { url, source } : { url, source, file };
}

/** The URL of `chosenStorage`, to be opened. It may hold a password: `withoutPassword` is for showing it. */
export async function storageUrl(globals: GlobalFlags): Promise<string> {
  return (await chosenStorage(globals)).url;
}

/**
 * Opens the storage for one who reads, so that one that does not exist is `NOT_FOUND`, and closes it again.
 */
export async function withStorage<Result>(
  globals: GlobalFlags,
  use: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const [{ openStorage }, url] = await Promise.all([
    import("../storage/open-storage.ts"),
    storageUrl(globals),
  ]);
  // Not `await using`: in a file that has it, TypeScript 6.0.3 leaves the paths of dynamic imports as they are.
  const storage = await openStorage(url, { create: false, onOutage: tellOutages() });
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}
