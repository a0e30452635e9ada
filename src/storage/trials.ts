import type { Document, Query } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment, TrialCounts } from "../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../model/status.ts";
import { claimableStatuses } from "../model/transitions.ts";
import type { Attempt, Trial } from "../model/trial.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { holderCheck } from "./holders.ts";
import { contentOfResults, withResults } from "./large-results.ts";
import { decodedIn, lastAttempt, numberIn, textIn, toAttempt, toTrial } from "./records.ts";
import { findTrialDocument, isReachable, trialNotFound } from "./trial-documents.ts";
import { byNumber, trialPages, type TrialPage } from "./trial-pages.ts";

/** What `getProgress` tells of a trial: everything but its results. */
export interface TrialProgress {
  readonly id: string;
  readonly number: number;
  readonly status: TrialStatus;
  readonly params: Readonly<Record<string, unknown>>;
  readonly completed: boolean;
}

export interface TrialReadStore {
  /** The trial of an id, or of a prefix of at least 4 digits that only one trial has. `NOT_FOUND` otherwise. */
  getTrial(id: string): Promise<Trial>;
  findTrial(id: string): Promise<Trial | undefined>;
  /** The trial with a number. */
  getTrialByNumber(experiment: ExperimentRef, number: number): Promise<Trial>;
  /** Every attempt of a trial that was started, or was given results from elsewhere; oldest first. */
  getAttempts(id: string): Promise<Attempt[]>;
  /** The experiment that a trial belongs to. */
  getExperimentOfTrial(id: string): Promise<Experiment>;
  /** All trials of an experiment, in the order of their numbers. */
  getTrials(experiment: ExperimentRef): Promise<Trial[]>;
  getTrialIds(experiment: ExperimentRef): Promise<string[]>;
  /** Trials page by page, in the order of their numbers: constant memory for any number of them. */
  eachTrial(experiment: ExperimentRef, page?: TrialPage): AsyncGenerator<Trial, void, undefined>;
  /** The trials that match a query; dotted paths reach into `params`, `results` and `metrics`. */
  fetchTrials(experiment: ExperimentRef, where?: Query): Promise<Trial[]>;
  fetchTrialsByStatus(experiment: ExperimentRef, status: TrialStatus): Promise<Trial[]>;
  /** Trials that are ready to be run: new, suspended or interrupted. */
  fetchPendingTrials(experiment: ExperimentRef): Promise<Trial[]>;
  /** Everything but completed trials. */
  fetchNoncompletedTrials(experiment: ExperimentRef): Promise<Trial[]>;
  /** Reserved trials whose lease is over, or whose process is provably gone. */
  fetchLostTrials(experiment: ExperimentRef): Promise<Trial[]>;
  /** Parameters and states of all trials, without reading results. */
  getProgress(experiment: ExperimentRef): Promise<TrialProgress[]>;
  /** Completed trials over all of the space (where it is sampled: over the registered ones), 0 to 1; undefined when there are none. */
  getCompletedRatio(experiment: ExperimentRef): Promise<number | undefined>;
  countTrials(experiment: ExperimentRef, status?: TrialStatus): Promise<number>;
  countCompletedTrials(experiment: ExperimentRef): Promise<number>;
  countBrokenTrials(experiment: ExperimentRef): Promise<number>;
  /** How many trials are in each state. What the space still holds counts as new. */
  countByStatus(experiment: ExperimentRef): Promise<TrialCounts>;
  /** The completed trial with the best first objective, the first of them; undefined when there is none. */
  bestTrial(experiment: ExperimentRef): Promise<Trial | undefined>;
}

export function createTrialReadStore(
  context: StorageContext,
  experiments: ExperimentStore,
): TrialReadStore {
  const { database } = context;

  async function collect(
    ref: ExperimentRef,
    where: Query,
    select?: readonly string[],
  ): Promise<Document[]> {
    const { key } = await experiments.getExperiment(ref);
    const all: Document[] = [];
    for await (const documents of trialPages(database, key, { where }, select))
      all.push(...documents);
    return all;
  }

  async function fetch(ref: ExperimentRef, where: Query): Promise<Trial[]> {
    return await toTrials(await collect(ref, where));
  }

  async function toTrials(documents: readonly Document[]): Promise<Trial[]> {
    const trials: Trial[] = [];
    for (const document of documents) {
      const isLarge = contentOfResults(document) !== undefined;
      trials.push(isLarge ? await wholeTrial(document) : toTrial(document));
    }
    return trials;
  }

  async function wholeTrial(document: Document): Promise<Trial> {
    return toTrial(await whole(document));
  }

  /** A trial with all of its results. */
  async function whole(trial: Document): Promise<Document> {
    return await withResults(context, trial, () => `trial ${textIn(trial, "id")}`);
  }

  async function document(id: string): Promise<Document | undefined> {
    return (await findTrialDocument(context, id)) ?? (await byPrefix(id));
  }

  async function byPrefix(prefix: string): Promise<Document | undefined> {
    if (!/^[0-9a-f]{4,31}$/.test(prefix)) return undefined;
    const range = { $gte: prefix, $lte: prefix.padEnd(32, "f") };
    const candidates = await database.read("trials", { id: range }, { limit: 20 });
    const found: Document[] = [];
    for (const trial of candidates) if (await isReachable(context, trial)) found.push(trial);
    if (found.length < 2) return found[0];
    throw new AssayError("NOT_FOUND", `Several trials have an id that begins with "${prefix}"`, {
      details: { id: prefix },
    });
  }

  async function demanded(id: string): Promise<Document> {
    const found = await document(id);
    if (found === undefined) throw trialNotFound(context, id);
    return found;
  }

  /** How many trials lie outside of the grid: they are numbered behind it. */
  async function countOutside({ key, total }: Pick<Experiment, "key" | "total">): Promise<number> {
    return await database.count("trials", { experiment: key, number: { $gte: total ?? 0 } });
  }

  async function count(ref: ExperimentRef, status?: TrialStatus): Promise<number> {
    const { key } = await experiments.getExperiment(ref);
    return await database.count(
      "trials",
      status === undefined ? { experiment: key } : { experiment: key, status },
    );
  }

  return {
    async getTrial(id) {
      return await wholeTrial(await demanded(id));
    },

    async findTrial(id) {
      const found = await document(id);
      return found === undefined ? undefined : await wholeTrial(found);
    },

    async getTrialByNumber(ref, number) {
      const { key, name } = await experiments.getExperiment(ref);
      const [found] = await database.read("trials", { experiment: key, number });
      if (found !== undefined) return await wholeTrial(found);
      throw new AssayError("NOT_FOUND", `"${name}" has no trial number ${String(number)}`);
    },

    async getAttempts(id) {
      const trial = await whole(await demanded(id));
      const { experiment, number } = trial;
      const earlier = await database.read(
        "attempts",
        { experiment, number },
        { sort: [{ field: "attempt" }] },
      );
      const last = lastAttempt(trial);
      // An attempt that is kept already while the trial still shows it: the trial's word is the later one.
      const kept: Attempt[] = [];
      for (const document of earlier) {
        const { attempt } = document;
        if (attempt === last?.attempt) continue;
        const what = (): string => `attempt ${String(attempt)} of trial ${textIn(trial, "id")}`;
        kept.push(toAttempt(await withResults(context, document, what)));
      }
      return last === undefined ? kept : [...kept, last];
    },

    async getExperimentOfTrial(id) {
      const trial = await demanded(id);
      const [owner] = await database.read("experiments", { key: numberIn(trial, "experiment") });
      return await experiments.getExperiment({ id: textIn(owner ?? {}, "id") });
    },

    getTrials: async (ref) => await fetch(ref, {}),

    async getTrialIds(ref) {
      const found = await collect(ref, {}, ["id", "number"]);
      return found.map((trial) => textIn(trial, "id"));
    },

    async *eachTrial(ref, page = {}) {
      const { key } = await experiments.getExperiment(ref);
      for await (const documents of trialPages(database, key, page)) {
        // One after another: a page of large results may not fit into memory.
        for (const document of documents) {
          const isLarge = contentOfResults(document) !== undefined;
          yield isLarge ? await wholeTrial(document) : toTrial(document);
        }
      }
    },

    fetchTrials: async (ref, where = {}) => await fetch(ref, where),
    fetchTrialsByStatus: async (ref, status) => await fetch(ref, { status }),
    fetchPendingTrials: async (ref) => await fetch(ref, { status: { $in: claimableStatuses } }),
    fetchNoncompletedTrials: async (ref) => await fetch(ref, { status: { $ne: "completed" } }),

    async fetchLostTrials(ref) {
      const held = await collect(ref, { status: "reserved" });
      const now = await database.now();
      const isGone = holderCheck();
      return await toTrials(
        held.filter(
          (trial) => numberIn(trial, "availableAt") <= now || isGone(textIn(trial, "holder")),
        ),
      );
    },

    async getProgress(ref) {
      const found = await collect(ref, {}, ["id", "number", "status", "params"]);
      return found.map((trial) => {
        const { id, number, status } = trial as unknown as TrialProgress;
        const params = decodedIn(trial, "params") as TrialProgress["params"];
        return { id, number, status, params, completed: status === "completed" };
      });
    },

    async getCompletedRatio(ref) {
      const experiment = await experiments.getExperiment(ref);
      const outside = experiment.total === null ? 0 : await countOutside(experiment);
      const all = experiment.total === null ? await count(experiment) : experiment.total + outside;
      return all === 0 ? undefined : (await count(experiment, "completed")) / all;
    },

    countTrials: count,
    countCompletedTrials: async (ref) => await count(ref, "completed"),
    countBrokenTrials: async (ref) => await count(ref, "broken"),

    async countByStatus(ref) {
      const { key, total } = await experiments.getExperiment(ref);
      const counts: Record<string, number> = {};
      let registered = 0;
      for (const status of trialStatuses) {
        counts[status] = await database.count("trials", { experiment: key, status });
        registered += counts[status];
      }
      const outside = await countOutside({ key, total });
      const ofGrid = registered - outside;
      const open = total === null ? 0 : total - ofGrid;
      return {
        ...(counts as Record<TrialStatus, number>),
        new: (counts["new"] ?? 0) + open,
        total: total === null ? null : total + outside,
      };
    },

    async bestTrial(ref) {
      const { key, name, objectives } = await experiments.getExperiment(ref);
      const [first] = objectives;
      if (first === undefined) {
        throw new AssayError(
          "UNSUPPORTED",
          `"${name}" declares no objective, so none of its trials is the best; declare objective: { minimize: "…" }`,
          { details: { name } },
        );
      }
      const descending = first.direction === "maximize";
      const [top] = await database.read(
        "trials",
        { experiment: key, objective: { $exists: true } },
        { sort: [{ field: "objective", descending }], limit: 1, select: ["objective"] },
      );
      if (top === undefined) return undefined;
      const [best] = await database.read(
        "trials",
        { experiment: key, objective: numberIn(top, "objective") },
        { sort: byNumber, limit: 1 },
      );
      return best === undefined ? undefined : await wholeTrial(best);
    },
  };
}
