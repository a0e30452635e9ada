import type { TrialStatus } from "./status.ts";

/*
 * The states of a trial and who may change them.
 *
 * A trial is registered as new (or inserted reserved, or completed with its results). Workers claim what is
 * new, suspended or interrupted: it becomes reserved, under a new token and a lease. The holder of the token,
 * and nobody else, ends that: completed, broken, pruned, interrupted or suspended, or new again when it never
 * started. When the lease is over, another worker's claim takes the trial over in one atomic operation.
 *
 * People may change what no worker decides: everything but a completed trial to new, interrupted, suspended
 * or broken; everything finished back to new (its results stay on the old attempt); everything unfinished to
 * completed, with results. Each such change takes a new token, so that a holder's later write fails.
 */

export const claimableStatuses = ["new", "suspended", "interrupted"] as const;

/** The states of trials that are still to be finished. */
export const unfinishedStatuses = ["reserved", "new", "suspended", "interrupted"] as const;

/** What a holder may turn a reserved trial into. */
export const holderStatuses = [
  "completed",
  "broken",
  "pruned",
  "interrupted",
  "suspended",
  "new",
] as const;

export type HolderStatus = (typeof holderStatuses)[number];

const finished: ReadonlySet<TrialStatus> = new Set(["completed", "broken", "pruned"]);
const administrable: ReadonlySet<TrialStatus> = new Set([
  "new",
  "interrupted",
  "suspended",
  "broken",
]);

/** Whether nothing will run a trial in this state again by itself. */
export function isFinished(status: TrialStatus): boolean {
  return finished.has(status);
}

/** Whether a person may change a trial from one state to another. Results are demanded elsewhere. */
export function mayAdminister(from: TrialStatus, to: TrialStatus): boolean {
  if (to === "completed") return !finished.has(from);
  if (from === "completed") return to === "new";
  return administrable.has(to);
}
