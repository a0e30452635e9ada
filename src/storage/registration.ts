import type { Document, Operation } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { toClaimed, type ClaimedTrial, type LeaseStore } from "./leases.ts";
import { newTrialDocument, type Reservation } from "./new-trial.ts";
import { countPlaces, countTaken, hasRoom } from "./places.ts";
import { numberIn, textIn } from "./records.ts";

/** How far an experiment is registered. `revision` makes a move of it conditional. */
export interface Cursor {
  readonly position: number;
  readonly nextNumber: number;
  /** At least as many as there are trials. */
  readonly given: number;
  readonly revision: number;
  /** A text of the codec: whose position it is. */
  readonly algorithm: string;
  /** Where the tokens of newly registered trials begin. */
  readonly tokenBase: number;
}

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

type UnplacedSuggestion = Omit<Suggestion, "position">;

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
   * Registers single trials of the grid ahead of the cursor, as a narrowed run does. Repeatable. Returns the
   * ids of those that are registered then. Throws `NOT_FOUND` when the experiment was deleted.
   */
  registerAhead(
    experiment: Experiment,
    suggestions: readonly UnplacedSuggestion[],
    options?: { readonly maxTrials?: number },
  ): Promise<readonly string[]>;
  /** Which of some trial ids are registered. */
  registeredIds(ids: readonly string[]): Promise<ReadonlySet<string>>;
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

  async function readCursor({ key }: Pick<Experiment, "key">): Promise<Cursor> {
    const [document] = await database.read(
      "experiments",
      { key },
      {
        select: [
          "position",
          "nextNumber",
          "given",
          "revision",
          "algorithm",
          "tokenBase",
          "deletedAt",
        ],
      },
    );
    if (document === undefined || document["deletedAt"] !== undefined) {
      throw new AssayError("NOT_FOUND", "The experiment was deleted while it was used");
    }
    return {
      position: numberIn(document, "position"),
      nextNumber: numberIn(document, "nextNumber"),
      given: numberIn(document, "given"),
      revision: numberIn(document, "revision"),
      algorithm: textIn(document, "algorithm"),
      tokenBase: numberIn(document, "tokenBase"),
    };
  }

  const idOf = (
    experiment: Pick<Experiment, "id">,
    { params, occurrence }: UnplacedSuggestion,
  ): string => trialId(experiment.id, contentKey(params, occurrence));

  /** The first of some suggestions, as far as a limit has places for those that are not registered yet. */
  async function admitted<P extends UnplacedSuggestion>(
    experiment: Experiment,
    cursor: Cursor,
    suggestions: readonly P[],
    maxTrials: number,
  ): Promise<readonly P[]> {
    if (hasRoom(cursor, maxTrials, suggestions.length)) return suggestions;
    let places = await countPlaces(database, experiment, maxTrials);
    if (places >= suggestions.length) return suggestions;
    const present = await registered(suggestions.map((suggestion) => idOf(experiment, suggestion)));
    const end = suggestions.findIndex((suggestion) => {
      if (!present.has(idOf(experiment, suggestion))) places -= 1;
      return places < 0;
    });
    return end < 0 ? suggestions : suggestions.slice(0, end);
  }

  /**
   * Moves the cursor, then inserts: with an atomic batch one step, else repairable from the cursor. Returns
   * how many were inserted, or undefined when somebody else had moved the cursor.
   */
  async function move(
    experiment: Pick<Experiment, "key">,
    cursor: Cursor,
    to: { readonly position: number; readonly nextNumber: number },
    documents: readonly Document[],
  ): Promise<number | undefined> {
    const operations: Operation[] = [
      {
        kind: "update",
        collection: "experiments",
        query: { key: experiment.key, revision: cursor.revision },
        change: { set: to, increment: { given: documents.length, revision: 1 } },
        required: true,
      },
      { kind: "insert", collection: "trials", documents, ifAbsent: true },
    ];
    const outcome = await database.batch(operations);
    return outcome.applied ? (outcome.results[1]?.count ?? 0) : undefined;
  }

  async function reservationFor(holder: string | undefined): Promise<Reservation | undefined> {
    if (holder === undefined) return undefined;
    return { holder, availableAt: (await database.now()) + context.leaseMs };
  }

  /** Those of some reserved documents that were not there before: only they have this reservation. */
  async function held(documents: readonly Document[]): Promise<readonly Document[]> {
    const ids = documents.map((document) => document["id"]);
    const stored = await database.read(
      "trials",
      { id: { $in: ids } },
      { select: ["id", "holder", "availableAt"] },
    );
    const reserved = new Map(stored.map(({ id, ...rest }) => [id, rest]));
    return documents.filter((document) => {
      const found = reserved.get(document["id"]);
      return (
        found?.["holder"] === document["holder"] &&
        found?.["availableAt"] === document["availableAt"]
      );
    });
  }

  return {
    readCursor,
    async countClaimable(experiment, maxTrials) {
      if (maxTrials === Infinity) return Infinity;
      if (hasRoom(await readCursor(experiment), maxTrials, 0)) return Infinity;
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
      const reservation = await reservationFor(isApart ? undefined : reserveFor);
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
      const inserted = await move(experiment, cursor, { position, nextNumber }, documents);
      if (inserted === undefined) return { moved: false };
      const registered = documents.length;
      if (reserveFor === undefined) return { moved: true, registered, claimed: [] };
      if (reservation === undefined) {
        const ids = documents.map((document) => textIn(document, "id"));
        const claimed = await leases.claimTrialsById(ids, reserveFor, { maxTrials });
        return { moved: true, registered, claimed };
      }
      const ours = inserted === documents.length ? documents : await held(documents);
      return { moved: true, registered, claimed: ours.map(toClaimed) };
    },

    async registerAhead(experiment, suggestions, options = {}) {
      const createdAt = timestamp(context);
      for (;;) {
        const cursor = await readCursor(experiment);
        let { nextNumber } = cursor;
        const present = await registered(
          suggestions.map((suggestion) => idOf(experiment, suggestion)),
        );
        const absent = suggestions.filter(
          (suggestion) => !present.has(idOf(experiment, suggestion)),
        );
        const accepted = await admitted(experiment, cursor, absent, options.maxTrials ?? Infinity);
        const documents = accepted.map((suggestion) => {
          const number = suggestion.number ?? nextNumber++;
          return newTrialDocument(experiment, { ...suggestion, number }, cursor, createdAt);
        });
        const ids = [...present, ...documents.map((document) => document["id"] as string)];
        if (documents.length === 0) return ids;
        const to = { position: cursor.position, nextNumber };
        if ((await move(experiment, cursor, to, documents)) !== undefined) return ids;
      }
    },

    registeredIds: registered,
  };

  async function registered(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await database.read("trials", { id: { $in: ids } }, { select: ["id"] });
    return new Set(found.map((document) => document["id"] as string));
  }
}
