import type { Storage } from "../storage/storage.ts";
import { projectConfig, userConfig } from "./config-file.ts";
import type { GlobalFlags } from "./global-flags.ts";

const defaultStorage = "sqlite:assay.db";

/**
 * Where experiments are kept: `--storage`, else `ASSAY_STORAGE`, else the project's file (here or in a folder
 * above), else the user's, else `assay.db` in the current folder.
 */
export async function storageUrl({ storage }: GlobalFlags): Promise<string> {
  const { env } = process;
  const named = storage ?? (env["ASSAY_STORAGE"] || undefined);
  if (named !== undefined) return named;
  const project = await projectConfig(process.cwd());
  return project.storage ?? (await userConfig(env)).storage ?? defaultStorage;
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
  const storage = await openStorage(url, { create: false });
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}
