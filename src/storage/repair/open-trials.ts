import type { Document } from "../../database/contract.ts";
import type { Experiment } from "../../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../../model/status.ts";
import { isFinished } from "../../model/transitions.ts";
import type { AdministrativeStatus } from "../administrative-change.ts";
import { changeTrials } from "../administrative-writes.ts";
import type { StorageContext } from "../context.ts";
import { holderCheck } from "../holders.ts";
import { trialPages } from "../trial-pages.ts";
import { isWhole } from "../verify/stored-values.ts";

type Owner = Pick<Experiment, "key" | "objectives">;

const claimFields = ["id", "number", "token", "status", "availableAt", "holder"];

/**
 * Makes trials claimable that are open and cannot be claimed, and those not claimable that are finished. Each is
 * changed only while it is as it was seen. Returns how many.
 */
export async function restoreClaims(context: StorageContext, experiment: Owner): Promise<number> {
  const { database } = context;
  let restored = 0;
  for await (const page of trialPages(database, experiment.key, {}, claimFields)) {
    const ids = page.filter(hasWrongClaim).map((trial) => trial["id"]);
    if (ids.length === 0) continue;
    const wrong = (await database.read("trials", { id: { $in: ids } })).filter(hasWrongClaim);
    restored += await reopen(context, experiment, wrong.filter(isOpen));
    for (const { id, token, status } of wrong.filter((trial) => !isOpen(trial))) {
      const change = { unset: ["availableAt", "holder"], increment: { token: 1 } };
      restored += await database.write("trials", change, { id, token, status });
    }
  }
  return restored;
}

/** Interrupts trials that are reserved by a worker that is gone, or whose lease is over. Returns how many. */
export async function releaseLostTrials(
  context: StorageContext,
  experiment: Owner,
): Promise<number> {
  const { database } = context;
  const isGone = holderCheck();
  let released = 0;
  for await (const page of trialPages(database, experiment.key, {
    where: { status: "reserved" },
  })) {
    const now = await database.now();
    const lost = page.filter(({ availableAt, holder }) => {
      const isOver = typeof availableAt === "number" && availableAt <= now;
      return isOver || (typeof holder === "string" && isGone(holder));
    });
    released += await reopen(context, experiment, lost);
  }
  return released;
}

async function reopen(
  context: StorageContext,
  experiment: Owner,
  trials: readonly Document[],
): Promise<number> {
  const intended = trials.map((trial) => ({ trial, status: openStatus(statusOf(trial)) }));
  if (intended.length === 0) return 0;
  const outcomes = await changeTrials(context, experiment, intended);
  return outcomes?.filter(Boolean).length ?? 0;
}

/** Nobody holds a trial whose claim is wrong: it may be run again. */
function openStatus(status: TrialStatus | undefined): AdministrativeStatus {
  return status === "new" || status === "suspended" ? status : "interrupted";
}

function statusOf({ status }: Document): TrialStatus | undefined {
  return trialStatuses.find((known) => known === status);
}

function isOpen(trial: Document): boolean {
  const status = statusOf(trial);
  return status !== undefined && !isFinished(status);
}

/** Whether a trial that has a token contradicts its status by who may claim or holds it. */
function hasWrongClaim(trial: Document): boolean {
  const { token, availableAt, holder } = trial;
  const status = statusOf(trial);
  if (status === undefined || !isWhole(token)) return false;
  if (isFinished(status)) return availableAt !== undefined || holder !== undefined;
  const isClaimable = typeof availableAt === "number" && availableAt >= 0 && availableAt < Infinity;
  return !isClaimable || (status === "reserved") !== (holder !== undefined);
}
