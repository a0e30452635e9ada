import type { Document, Query } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";
import { changeTrials } from "./administrative-writes.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import type { Lease } from "./leases.ts";
import { hasRoom } from "./places.ts";
import { decodedIn, numberIn, textIn } from "./records.ts";
import type { RegistrationStore } from "./registration.ts";
import { pageSize, trialPages } from "./trial-pages.ts";

/** A broken trial as it was found: the token tells whether it is still the same. */
export interface BrokenTrial extends Lease {
  readonly params: Readonly<Record<string, unknown>>;
}

export interface RenewalStore {
  /** The trials that are broken now and match `where`, in the order of their numbers. Throws `NOT_FOUND`. */
  getBrokenTrials(experiment: ExperimentRef, where?: Query): Promise<BrokenTrial[]>;
  /**
   * Makes broken trials new, in the order given and page by page: those that nobody changed since they were
   * found, and no more of them than `maxTrials` has places for, because a broken trial gave its place away.
   * Returns how many. It may be cut off anywhere and done again. Throws `NOT_FOUND`.
   */
  renewBroken(
    experiment: ExperimentRef,
    trials: readonly Lease[],
    options?: { readonly maxTrials?: number },
  ): Promise<number>;
}

export function createRenewalStore(
  context: StorageContext,
  experiments: ExperimentStore,
  registration: RegistrationStore,
): RenewalStore {
  const { database } = context;

  /** The documents of those trials that are still as they were found. */
  async function unchanged(trials: readonly Lease[]): Promise<Document[]> {
    const ids = trials.map(({ id }) => id);
    const found = await database.read("trials", { id: { $in: ids } });
    const byId = new Map(found.map((document) => [document["id"], document]));
    return trials.flatMap(({ id, token }) => {
      const document = byId.get(id);
      const isSame = document?.["token"] === token && document["status"] === "broken";
      return isSame ? [document] : [];
    });
  }

  /** Renews one page of trials, from a count of places that nobody changed in between. */
  async function renewPage(
    experiment: Experiment,
    trials: readonly Lease[],
    maxTrials: number,
  ): Promise<number> {
    for (;;) {
      const documents = await unchanged(trials);
      const cursor = await registration.readCursor(experiment);
      const places = hasRoom(cursor, maxTrials, 0)
        ? Infinity
        : await registration.countPlaces(experiment, maxTrials);
      const intended = documents
        .slice(0, places)
        .map((trial) => ({ trial, status: "new" as const }));
      if (intended.length === 0) return 0;
      const demanded = maxTrials === Infinity ? {} : { revision: cursor.revision };
      const outcomes = await changeTrials(context, experiment, intended, demanded);
      if (outcomes !== undefined) return outcomes.filter(Boolean).length;
    }
  }

  return {
    async getBrokenTrials(ref, where = {}) {
      const { key } = await experiments.getExperiment(ref);
      const page = { where: { ...where, status: "broken" } };
      const found: BrokenTrial[] = [];
      for await (const documents of trialPages(database, key, page, listed)) {
        found.push(...documents.map(toBroken));
      }
      return found;
    },

    async renewBroken(ref, trials, { maxTrials = Infinity } = {}) {
      const experiment = await experiments.getExperiment(ref);
      let renewed = 0;
      for (let from = 0; from < trials.length; from += pageSize) {
        renewed += await renewPage(experiment, trials.slice(from, from + pageSize), maxTrials);
      }
      return renewed;
    },
  };
}

const listed = ["number", "id", "token", "params"];

function toBroken(document: Document): BrokenTrial {
  return {
    id: textIn(document, "id"),
    token: numberIn(document, "token"),
    params: decodedIn(document, "params") as BrokenTrial["params"],
  };
}
