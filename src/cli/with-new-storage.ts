import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { tellOutages } from "./outages.ts";

/** Lets a storage be opened, and made where there is none, when there is something to write; then closes it. */
export async function withNewStorage<Result>(
  url: string,
  use: (open: () => Promise<Storage>) => Promise<Result>,
): Promise<Result> {
  let storage: Storage | undefined;
  try {
    return await use(async () => (storage ??= await openStorage(url, { onOutage: tellOutages() })));
  } finally {
    await storage?.close();
  }
}
