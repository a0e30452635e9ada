import type { Document } from "../../database/contract.ts";
import type { Finding } from "./findings.ts";
import { isWhole, readStored, shown, unreadable } from "./stored-values.ts";

/** The lock of an experiment's algorithm. */
export function* checkLock(lock: Document): Generator<Finding, void> {
  const { token, expiresAt, owner } = lock;
  const problem = (message: string): Finding => ({ invariant: "algorithm-lock", message });
  if (!isWhole(token)) yield problem(`The token ${shown(token)} is not a whole number from 0`);
  if (expiresAt !== undefined && typeof expiresAt !== "number") {
    yield problem(`The end of its lease, ${shown(expiresAt)}, is not a number`);
  }
  const isHeld = typeof expiresAt === "number" && expiresAt > 0;
  if (isHeld !== (owner !== undefined)) {
    yield problem(isHeld ? "It is held by nobody" : "It is free, but has an owner");
  }
  if (readStored(lock, "state") === unreadable) yield problem("The state cannot be read");
}
