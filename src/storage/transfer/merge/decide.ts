import type { Database, Document } from "../../../database/contract.ts";
import { contentKey, trialId } from "../../../model/identity.ts";
import { equalValues } from "../../../values/compare.ts";
import { decodedIn, numberIn, textIn } from "../../records.ts";
import type { Pair } from "./plan-merge.ts";

/**
 * What becomes of a trial of the secondary: it is `add`ed where the primary has none with its parameters,
 * `take`n where the primary's has found nothing, and left where that has the `same` results or is further.
 * It `differs` when both completed with different results.
 */
export type Verdict = "add" | "take" | "same" | "differs";

export interface Decision {
  readonly verdict: Verdict;
  readonly secondary: Document;
  /** The id that it has, or will have, in the primary. */
  readonly id: string;
  readonly primary: Document | undefined;
}

/** Compares trials of the secondary with those of the primary that have the same parameters and occurrence. */
export async function decideAll(
  database: Database,
  pair: Pick<Pair, "primary" | "secondary">,
  trials: readonly Document[],
): Promise<readonly Decision[]> {
  const ids = trials.map((trial) => idInPrimary(pair, trial));
  const found = await database.read("trials", { id: { $in: ids } });
  const byId = new Map(found.map((trial) => [trial["id"], trial]));
  return trials.map((secondary, i) => {
    const id = ids[i] ?? "";
    const primary = byId.get(id);
    return { verdict: verdictOf(primary, secondary), secondary, id, primary };
  });
}

function idInPrimary({ primary, secondary }: Pick<Pair, "primary" | "secondary">, trial: Document) {
  if (primary.id === secondary.id) return textIn(trial, "id");
  return trialId(primary.id, contentKey(decodedIn(trial, "params"), numberIn(trial, "occurrence")));
}

function verdictOf(primary: Document | undefined, secondary: Document): Verdict {
  if (primary === undefined) return "add";
  if (secondary["status"] !== "completed") {
    return isUntouched(primary) && !isUntouched(secondary) ? "take" : "same";
  }
  if (primary["status"] !== "completed") return "take";
  const isEqual = equalValues(decodedIn(primary, "results"), decodedIn(secondary, "results"));
  return isEqual ? "same" : "differs";
}

/** Whether nothing has happened to a trial since it was registered. */
export function isUntouched({ status, attempt, snapshots }: Document): boolean {
  return status === "new" && attempt === 0 && snapshots === undefined;
}
