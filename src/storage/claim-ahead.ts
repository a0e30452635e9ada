import type { Experiment } from "../model/experiment.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { moveCursor, readCursor, type Cursor } from "./cursor.ts";
import { claimOperation, toClaimed, type ClaimedTrial, type LeaseStore } from "./leases.ts";
import { placesToClaim } from "./limited-claims.ts";
import { heldDocuments, newTrialDocument, reservationFor, suggestedId } from "./new-trials.ts";
import { countPlaces, hasRoom } from "./places.ts";
import { readTrialStates, type TrialState } from "./trial-states.ts";

export interface ClaimAheadOptions {
  /** Who claims, as in `claimTrials`. */
  readonly holder: string;
  /** How many trials to claim at most. */
  readonly limit: number;
  /** As in `registerTrials`. */
  readonly maxTrials?: number;
}

export interface AheadClaim {
  /**
   * How the first trials were found, one for one; undefined where one was registered now. It ends where the
   * limit was reached, or before the first trial that `maxTrials` has no place for. Others may have claimed
   * an open one meanwhile.
   */
  readonly found: readonly (TrialState | undefined)[];
  readonly claimed: readonly ClaimedTrial[];
}

export interface AheadStore {
  /**
   * Goes through single trials, no two of them the same, in their order, ahead of the cursor as a narrowed
   * run does: what is open is claimed, and what is not registered yet is registered and reserved. Never more
   * than `maxTrials` trials are completed, pruned or held, as in `claimTrials`. Throws `NOT_FOUND` when the
   * experiment was deleted.
   */
  claimAhead(
    experiment: Experiment,
    trials: readonly Omit<Suggestion, "position">[],
    options: ClaimAheadOptions,
  ): Promise<AheadClaim>;
  /** The states of those of some trials that are registered, by id. */
  trialStates(ids: readonly string[]): Promise<ReadonlyMap<string, TrialState>>;
}

export function createAheadStore(context: StorageContext, leases: LeaseStore): AheadStore {
  const { database, leaseMs } = context;

  /** How many trials may be registered and claimed while the cursor stands where it does. */
  async function placesAt(
    cursor: Cursor,
    { key }: Experiment,
    maxTrials: number,
    wanted: number,
  ): Promise<Places> {
    if (hasRoom(cursor, maxTrials, wanted)) return { toRegister: Infinity, toClaim: Infinity };
    const toClaim = await placesToClaim(database, key, maxTrials);
    return { toRegister: await countPlaces(database, { key }, maxTrials), toClaim };
  }

  /**
   * Registers trials and, for a holder, reserves them and claims what is open besides in the same write.
   * Undefined when the cursor was moved meanwhile.
   */
  async function register(
    experiment: Experiment,
    cursor: Cursor,
    trials: readonly Omit<Suggestion, "position">[],
    claim: { readonly holder: string; readonly open: readonly string[] } | undefined,
  ): Promise<ClaimedTrial[] | undefined> {
    const createdAt = timestamp(context);
    const reservation = await reservationFor(context, claim?.holder);
    let { nextNumber } = cursor;
    const documents = trials.map((trial) => {
      const numbered = { ...trial, number: trial.number ?? nextNumber++ };
      return newTrialDocument(experiment, numbered, cursor, createdAt, reservation);
    });
    const to = { position: cursor.position, nextNumber };
    const operations = claim?.open.map((id) => claimOperation(id, claim.holder, leaseMs)) ?? [];
    const move = { to, documents, operations };
    const outcome = await moveCursor(database, experiment, cursor, move);
    if (!outcome.applied) return undefined;
    if (claim === undefined) return [];
    const held = await heldDocuments(database, documents, outcome.results[1]?.count ?? 0);
    return [...held, ...outcome.results.flatMap((result) => result.documents)].map(toClaimed);
  }

  return {
    async claimAhead(experiment, trials, { holder, limit, maxTrials = Infinity }) {
      const ids = trials.map((trial) => suggestedId(experiment, trial));
      // As in `registerTrials`: where a batch is not atomic, it is the claim that keeps to the limit.
      const isApart = !database.capabilities.atomicBatch && maxTrials !== Infinity;
      for (;;) {
        // Read before the states: what is absent then stays so until the cursor's revision changes.
        const cursor = await readCursor(database, experiment);
        const states = await readTrialStates(database, ids);
        const all = ids.map((id) => states.get(id));
        const absent = all.filter((state) => state === undefined).length;
        const places = await placesAt(cursor, experiment, maxTrials, Math.min(limit, absent));
        const found = all.slice(0, endOf(all, limit, places));
        const wanted = ids.filter((_, i) => i < found.length && found[i]?.isOpen !== false);
        if (wanted.length === 0) return { found, claimed: [] };

        const fresh = trials.filter((_, i) => i < found.length && found[i] === undefined);
        if (fresh.length > 0) {
          const open = ids.filter((_, i) => found[i]?.isOpen === true);
          const claim = isApart ? undefined : { holder, open };
          const claimed = await register(experiment, cursor, fresh, claim);
          if (claimed === undefined) continue;
          if (!isApart) return { found, claimed: inOrder(claimed, ids) };
        }
        const claimed = await leases.claimTrialsById(wanted, holder, { maxTrials });
        // Others were faster: what is left now?
        if (claimed.length === 0) continue;
        return { found, claimed };
      }
    },

    trialStates: async (ids) => await readTrialStates(database, ids),
  };
}

interface Places {
  readonly toRegister: number;
  readonly toClaim: number;
}

/** How many of some trials may be gone through when so many may be claimed, and so many registered. */
function endOf(
  states: readonly (TrialState | undefined)[],
  limit: number,
  { toRegister, toClaim }: Places,
): number {
  let claimable = 0;
  let absent = 0;
  const end = states.findIndex((state) => {
    if (state === undefined) absent += 1;
    if (state === undefined || state.isOpen) claimable += 1;
    return claimable > Math.min(limit, toClaim) || absent > toRegister;
  });
  return end < 0 ? states.length : end;
}

function inOrder(claimed: readonly ClaimedTrial[], ids: readonly string[]): ClaimedTrial[] {
  const byId = new Map(claimed.map((trial) => [trial.id, trial]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
