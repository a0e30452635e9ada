import type { Database } from "../database/contract.ts";
import type { TrialStatus } from "../model/status.ts";
import { optionalNumber, textIn } from "./records.ts";

/** What decides whether a trial can be run. */
export interface TrialState {
  readonly status: TrialStatus;
  /** Whether it can be claimed: nobody holds it, or the lease on it is over. */
  readonly isOpen: boolean;
}

/** The states of those of some trials that are registered, by id. */
export async function readTrialStates(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TrialState>> {
  const found = await database.read(
    "trials",
    { id: { $in: ids } },
    { select: ["id", "status", "availableAt"] },
  );
  const now = await database.now();
  return new Map(
    found.map((document) => {
      const availableAt = optionalNumber(document, "availableAt") ?? Infinity;
      const status = textIn(document, "status") as TrialStatus;
      return [textIn(document, "id"), { status, isOpen: availableAt <= now }];
    }),
  );
}
