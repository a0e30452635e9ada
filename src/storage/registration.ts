import type { Experiment } from "../model/experiment.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { moveCursor, readCursor, type Cursor } from "./cursor.ts";
import { toClaimed, type ClaimedTrial, type LeaseStore } from "./leases.ts";
import { heldDocuments, newTrialDocument, reservationFor, suggestedId } from "./new-trials.ts";
import { countPlaces, countTaken, hasRoom } from "./places.ts";
import { textIn } from "./records.ts";
import { readTrialStates } from "./trial-states.ts";

/**
 * `registered` trials were given out; fewer than proposed when `maxTrials` left no room for more. `claimed`
 * are those that were reserved at once.
 */
export type Registration =
  | {
      readonly moved: true;
      readonly registered: number;
      readonly claimed: readonly ClaimedTrial[];
    }
  | { readonly moved: false };

export interface RegisterOptions {
  readonly maxTrials?: number;
  /** The algorithm's position when all suggestions are registered; behind the last one unless told. */
  readonly finalPosition?: number;
  /** Reserves the new trials for this holder at once: one write instead of two for who runs them now. */
  readonly reserveFor?: string;
}

export interface RegistrationStore {
  /** How far an experiment is registered now. Throws `NOT_FOUND` once it is deleted. */
  readCursor(experiment: Pick<Experiment, "key">): Promise<Cursor>;
  /**
   * Registers suggestions in order and moves the cursor behind the last of them, unless somebody else moved
   * it since it was read. Never more than `maxTrials` trials are, or may yet become, completed or pruned.
   * Trials that are registered already are left as they are.
   */
  registerTrials(
    experiment: Experiment,
    cursor: Cursor,
    suggestions: readonly Suggestion[],
    options?: RegisterOptions,
  ): Promise<Registration>;
  /**
   * How many of the open trials may be claimed under a limit now; Infinity while all of them may. Throws
   * `NOT_FOUND` when the experiment was deleted.
   */
  countClaimable(experiment: Pick<Experiment, "key">, maxTrials: number): Promise<number>;
  /** How many trials may still be given out under a limit. */
  countPlaces(experiment: Pick<Experiment, "key">, maxTrials: number): Promise<number>;
}

export function createRegistrationStore(
  context: StorageContext,
  leases: LeaseStore,
): RegistrationStore {
  const { database } = context;

  /** The first of some suggestions, as far as a limit has places for those that are not registered yet. */
  async function admitted(
    experiment: Experiment,
    cursor: Cursor,
    suggestions: readonly Suggestion[],
    maxTrials: number,
  ): Promise<readonly Suggestion[]> {
    if (hasRoom(cursor, maxTrials, suggestions.length)) return suggestions;
    let places = await countPlaces(database, experiment, maxTrials);
    if (places >= suggestions.length) return suggestions;
    const ids = suggestions.map((suggestion) => suggestedId(experiment, suggestion));
    const present = await readTrialStates(database, ids);
    const end = ids.findIndex((id) => {
      if (!present.has(id)) places -= 1;
      return places < 0;
    });
    return end < 0 ? suggestions : suggestions.slice(0, end);
  }

  return {
    readCursor: async (experiment) => await readCursor(database, experiment),
    async countClaimable(experiment, maxTrials) {
      if (maxTrials === Infinity) return Infinity;
      if (hasRoom(await readCursor(database, experiment), maxTrials, 0)) return Infinity;
      return Math.max(0, maxTrials - (await countTaken(database, experiment.key)));
    },
    countPlaces: async (experiment, maxTrials) =>
      await countPlaces(database, experiment, maxTrials),

    async registerTrials(experiment, cursor, suggestions, options = {}) {
      const { reserveFor, maxTrials = Infinity } = options;
      const accepted = await admitted(experiment, cursor, suggestions, maxTrials);
      const createdAt = timestamp(context);
      // Places are given out at the cursor. Where trials come after it instead of with it, others may count
      // places in between: there it is the claim that keeps to the limit.
      const isApart = !database.capabilities.atomicBatch && maxTrials !== Infinity;
      const reservation = await reservationFor(context, isApart ? undefined : reserveFor);
      let { nextNumber } = cursor;
      const documents = accepted.map((suggestion) => {
        const number = suggestion.number ?? nextNumber++;
        return newTrialDocument(
          experiment,
          { ...suggestion, number },
          cursor,
          createdAt,
          reservation,
        );
      });
      const last = accepted.at(-1)?.position ?? cursor.position;
      const position =
        accepted.length === suggestions.length ? (options.finalPosition ?? last) : last;
      if (documents.length === 0 && position === cursor.position)
        return { moved: true, registered: 0, claimed: [] };
      const to = { position, nextNumber };
      const outcome = await moveCursor(database, experiment, cursor, { to, documents });
      if (!outcome.applied) return { moved: false };
      const registered = documents.length;
      if (reserveFor === undefined) return { moved: true, registered, claimed: [] };
      if (reservation === undefined) {
        const ids = documents.map((document) => textIn(document, "id"));
        const claimed = await leases.claimTrialsById(ids, reserveFor, { maxTrials });
        return { moved: true, registered, claimed };
      }
      const inserted = outcome.results[1]?.count ?? 0;
      const ours = await heldDocuments(database, documents, inserted);
      return { moved: true, registered, claimed: ours.map(toClaimed) };
    },
  };
}
