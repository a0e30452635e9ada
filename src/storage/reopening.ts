import type { StorageSource } from "./storage-source.ts";
import type { Storage } from "./storage.ts";

/** Kept outside of the storages: a URL may hold a password, and a storage may be printed. */
const sources = new WeakMap<Storage, StorageSource>();

/** Remembers by what a storage was opened. */
export function rememberSource(storage: Storage, source: StorageSource): void {
  sources.set(storage, source);
}

/** The URL by which another thread can open the same storage; undefined where only this one can. */
export function reopenableUrl(storage: Storage): string | undefined {
  const source = sources.get(storage);
  return typeof source === "string" && storage.database.capabilities.shared ? source : undefined;
}
