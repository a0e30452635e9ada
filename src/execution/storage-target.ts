import { isAssayError } from "../errors/assay-error.ts";
import { preloadStorage } from "../storage/connect-storage.ts";
import { openStorage } from "../storage/open-storage.ts";
import { resolveStorageUrl } from "../storage/storage-url.ts";
import type { Storage } from "../storage/storage.ts";
import type { ExecuteOptions } from "./execute-options.ts";

/** Where a run stores. What does not exist yet is created only once there is something to store. */
export interface StorageTarget {
  /** Loads what opening needs. */
  preload(): Promise<void>;
  openExisting(): Promise<Storage | undefined>;
  create(): Promise<Storage>;
  /** Closes what was opened here. */
  release(): Promise<void>;
}

/** The storage that was asked for; an open one stays open. `INVALID_VALUE` on a URL that cannot be read. */
export function storageTarget({
  storage,
  onOutage,
  onWarning,
}: Pick<ExecuteOptions, "storage" | "onOutage" | "onWarning">): StorageTarget {
  if (typeof storage === "object") return openTarget(storage);
  // Made absolute now: the working directory may change before it is opened.
  const url = resolveStorageUrl(storage ?? process.env["ASSAY_STORAGE"] ?? "sqlite:assay.db");
  const preloaded = preloadStorage(url);
  preloaded.catch(() => undefined);
  const heard = onOutage === undefined ? {} : { onOutage };
  let opened: Storage | undefined;
  const keep = (storage: Storage): Storage => {
    opened = storage;
    for (const warning of storage.database.warnings) onWarning?.(warning);
    return storage;
  };
  return {
    preload: async () => await preloaded,
    async openExisting() {
      try {
        return keep(await openStorage(url, { create: false, ...heard }));
      } catch (error) {
        if (!isAssayError(error) || error.code !== "NOT_FOUND") throw error;
        return undefined;
      }
    },
    async create() {
      return keep(await openStorage(url, heard));
    },
    async release() {
      await opened?.close();
    },
  };
}

function openTarget(storage: Storage): StorageTarget {
  return {
    preload: () => Promise.resolve(),
    openExisting: () => Promise.resolve(storage),
    create: () => Promise.resolve(storage),
    release: () => Promise.resolve(),
  };
}
