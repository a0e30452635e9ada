import {
  serverTime,
  type BatchOutcome,
  type Database,
  type Document,
  type Operation,
  type Query,
} from "../database/contract.ts";
import { countTaken, hasRoom } from "./places.ts";
import { numberIn, textIn } from "./records.ts";

/** What is to be claimed: all that is open of it at once, or one by one. */
export interface ClaimRequest {
  readonly all: readonly Operation[];
  /** The ids of the first trials of it that are open, at most so many. */
  readonly open: (places: number) => Promise<readonly string[]>;
  readonly one: (id: string) => Operation;
}

/**
 * Claims trials of an experiment such that never more than `maxTrials` are completed, pruned or held.
 *
 * Mostly no more trials were given out than may run: then the claim is one batch, which makes sure of that by
 * its first operation. Else the places are counted, and the claim is made only at the revision at which they
 * were: every claim that is counted, and all else that takes a place, moves it.
 *
 * Where a batch is not atomic, others can do the same between the revision and the claim. There it is counted
 * again after the claim, and what was claimed is given back when it is too much. Of the claims that are kept,
 * the last one saw all the others, so together they keep to the limit.
 */
export async function claimWithin(
  database: Database,
  key: number,
  maxTrials: number,
  request: ClaimRequest,
): Promise<Document[]> {
  for (;;) {
    const state = await readState(database, key);
    if (state === undefined) return [];
    const operations = hasRoom(state, maxTrials, 0)
      ? [guard({ key, given: { $lte: maxTrials } }, 0), ...request.all]
      : await countedClaims(database, key, maxTrials, state.revision, request);
    if (operations.length === 0) return [];
    const outcome = await database.batch(operations);
    if (!outcome.applied) continue;
    const claimed = documentsOf(outcome);
    const isKept = database.capabilities.atomicBatch || (await isWithin(database, key, maxTrials));
    if (isKept) return claimed;
    await giveBack(database, claimed);
  }
}

interface State {
  readonly given: number;
  readonly revision: number;
}

async function readState(database: Database, key: number): Promise<State | undefined> {
  const select = ["given", "revision"];
  const [document] = await database.read("experiments", { key }, { select });
  if (document === undefined) return undefined;
  return { given: numberIn(document, "given"), revision: numberIn(document, "revision") };
}

/** Demands that the experiment is as it was read. */
function guard(query: Query, revision: number): Operation {
  const change = { increment: { revision } };
  return { kind: "update", collection: "experiments", query, change, required: true };
}

/** How many trials may be claimed now. Those whose lease is over are opened, and hold no place. */
export async function placesToClaim(
  database: Database,
  key: number,
  maxTrials: number,
): Promise<number> {
  await freeLost(database, key);
  return Math.max(0, maxTrials - (await countTaken(database, key)));
}

async function countedClaims(
  database: Database,
  key: number,
  maxTrials: number,
  revision: number,
  request: ClaimRequest,
): Promise<Operation[]> {
  const places = await placesToClaim(database, key, maxTrials);
  const ids = places > 0 ? await request.open(places) : [];
  return ids.length === 0 ? [] : [guard({ key, revision }, 1), ...ids.map(request.one)];
}

/**
 * Opens trials whose lease is over, so that they hold no places that others need: which of them are claimed
 * again, and whether any, is up to the limit. Their holders are fenced off as by another worker's claim.
 */
async function freeLost(database: Database, key: number): Promise<void> {
  const query = { experiment: key, status: "reserved", availableAt: { $lte: serverTime() } };
  const open = (where: Query, status: string): Operation => ({
    kind: "update",
    collection: "trials",
    query: { ...query, ...where },
    change: { set: { status, availableAt: 0 }, unset: ["holder"], increment: { token: 1 } },
    scan: true,
  });
  await database.batch([open({ attempt: 0 }, "new"), open({}, "interrupted")]);
}

async function isWithin(database: Database, key: number, maxTrials: number): Promise<boolean> {
  const state = await readState(database, key);
  if (state !== undefined && hasRoom(state, maxTrials, 0)) return true;
  return (await countTaken(database, key)) <= maxTrials;
}

async function giveBack(database: Database, claimed: readonly Document[]): Promise<void> {
  const operations = claimed.map(({ id, token, attempt }): Operation => {
    const status = attempt === 0 ? "new" : "interrupted";
    return {
      kind: "update",
      collection: "trials",
      query: { id, token, status: "reserved" },
      change: { set: { status, availableAt: 0 }, unset: ["holder"] },
      unit: textIn({ id }, "id"),
    };
  });
  await database.batch(operations);
}

function documentsOf(outcome: BatchOutcome): Document[] {
  return outcome.applied ? outcome.results.flatMap(({ documents }) => documents) : [];
}
