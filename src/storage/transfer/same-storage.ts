import { stat } from "node:fs/promises";
import { AssayError } from "../../errors/assay-error.ts";
import type { Storage } from "../storage.ts";

/** Throws `INVALID_VALUE` when two storages are one. */
export async function assertApart(from: Storage, to: Storage): Promise<void> {
  const isOne =
    from.database === to.database ||
    // Every storage in memory is one of its own.
    (from.location === to.location && from.database.capabilities.shared) ||
    (await isSameFile(from.location, to.location));
  if (isOne) throw sameStorage(from.location, to.location);
}

export function sameStorage(one: string, other: string): AssayError {
  return new AssayError("INVALID_VALUE", `${one} and ${other} are the same storage`);
}

/** Whether two paths, which need not be there, lead to one file. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([identityOf(one), identityOf(other)]);
  return a !== undefined && a === b;
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return undefined;
  }
}
