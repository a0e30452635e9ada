import type { Database } from "../../database/contract.ts";
import { isWhole, readStored, unreadable } from "../verify/stored-values.ts";

/**
 * Frees the lock of an algorithm that is held by nobody, or free with an owner, and forgets a state that cannot
 * be read: it is rebuilt from the trials. Returns what was done, a line each.
 */
export async function freeLock(database: Database, experiment: number): Promise<readonly string[]> {
  const [lock] = await database.read("locks", { experiment });
  if (lock === undefined) return [];
  const { token, expiresAt, owner } = lock;
  if (!isWhole(token)) return [];
  const lines: string[] = [];
  const unset: string[] = [];
  const isHeld = typeof expiresAt === "number" && expiresAt > 0;
  if (isHeld !== (owner !== undefined)) {
    lines.push("It was held by nobody and is free");
    unset.push("owner");
  }
  if (readStored(lock, "state") === unreadable) {
    lines.push("Its state could not be read and is forgotten; it is rebuilt from the trials");
    unset.push("state");
  }
  if (lines.length === 0) return [];
  const free = isHeld && owner !== undefined ? {} : { set: { expiresAt: 0 } };
  const change = { ...free, unset, increment: { token: 1 } };
  return (await database.write("locks", change, { experiment, token })) > 0 ? lines : [];
}
