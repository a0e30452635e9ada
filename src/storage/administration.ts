import type { Change, Document, Operation, Query } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { encodeResults } from "../model/results.ts";
import { parseTrialStatus, type TrialStatus } from "../model/status.ts";
import { isFinished, mayAdminister } from "../model/transitions.ts";
import { timestamp, type StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { supersededAttempt } from "./leases.ts";
import { numberIn, textIn } from "./records.ts";

/** The fields of a trial that a person may change. */
export interface TrialUpdate {
  readonly status?: TrialStatus;
  /** Needed with, and only allowed with, the status completed. */
  readonly results?: unknown;
}

export interface AdministrationStore {
  /**
   * Changes the status of a trial, by the table of `model/transitions.ts`, whoever holds it: a new token
   * fences the holder. `was` is the status it must have had. Throws `INVALID_TRANSITION` or `NOT_FOUND`.
   */
  setTrialStatus(
    id: string,
    status: TrialStatus,
    options?: { readonly was?: TrialStatus },
  ): Promise<void>;
  /** Changes a trial if it matches `where`. Returns how many (0 or 1). */
  updateTrial(id: string, update: TrialUpdate, where?: Query): Promise<number>;
  /** Changes the trials that match `where` and may be changed so. */
  updateTrials(
    experiment: ExperimentRef,
    update: TrialUpdate,
    where?: Query,
  ): Promise<{ readonly changed: number; readonly left: number }>;
  /** Completes an unfinished trial with results from elsewhere. */
  completeTrial(id: string, results: unknown): Promise<void>;
  /** Makes a finished trial new, so that the next run executes it again. Its results stay on the old attempt. */
  markTrialIncomplete(id: string): Promise<void>;
  /** Deletes the trials that match `where`. A later run of the grid registers them again. Returns how many. */
  deleteTrials(experiment: ExperimentRef, where?: Query): Promise<number>;
}

const pageSize = 1000;

export function createAdministrationStore(
  context: StorageContext,
  experiments: ExperimentStore,
): AdministrationStore {
  const { database } = context;

  async function trialDocument(id: string): Promise<Document> {
    const [document] = await database.read("trials", { id });
    if (document !== undefined) return document;
    throw new AssayError("NOT_FOUND", `No trial "${id}" in ${database.location}`, {
      details: { id },
    });
  }

  /** Applies an update to a trial as it was read; false when it changed meanwhile. */
  async function apply(
    document: Document,
    update: TrialUpdate,
    experiment: Experiment,
  ): Promise<boolean> {
    const query = { id: document["id"], token: document["token"], status: document["status"] };
    const operations: Operation[] = [];
    const superseded = supersededAttempt(document);
    if (superseded !== undefined) {
      operations.push({
        kind: "insert",
        collection: "attempts",
        documents: [superseded],
        ifAbsent: true,
      });
    }
    const change = toChange(document, update, experiment, timestamp(context));
    operations.push({ kind: "update", collection: "trials", query, change, required: true });
    if (
      update.status === "new" ||
      update.status === "interrupted" ||
      update.status === "suspended"
    ) {
      // What was broken takes its place again: whoever counts places at this moment counts anew.
      operations.push({
        kind: "update",
        collection: "experiments",
        query: { key: experiment.key },
        change: { increment: { revision: 1 } },
      });
    }
    return (await database.batch(operations)).applied;
  }

  async function experimentOf(document: Document): Promise<Experiment> {
    const [found] = await database.read("experiments", { key: numberIn(document, "experiment") });
    if (typeof found?.["id"] !== "string") {
      throw new AssayError("NOT_FOUND", "The experiment of this trial was deleted");
    }
    return await experiments.getExperiment({ id: found["id"] });
  }

  /** Applies an update to one trial, again when it changes in between. */
  async function change(
    id: string,
    update: TrialUpdate,
    allows: (document: Document) => boolean,
  ): Promise<number> {
    for (;;) {
      const document = await trialDocument(id);
      if (!allows(document)) return 0;
      const experiment = await experimentOf(document);
      assertLegal(document, update);
      if (await apply(document, update, experiment)) return 1;
    }
  }

  async function setStatus(
    id: string,
    status: TrialStatus,
    options: { readonly was?: TrialStatus; readonly results?: unknown } = {},
  ): Promise<void> {
    const { was, results } = options;
    await change(id, results === undefined ? { status } : { status, results }, (document) => {
      const found = textIn(document, "status");
      if (was === undefined || was === found) return true;
      throw new AssayError(
        "INVALID_TRANSITION",
        `Trial ${id} is ${found}, not ${was}; nothing was changed`,
        { details: { id, status: found, was } },
      );
    });
  }

  return {
    setTrialStatus: setStatus,

    async updateTrial(id, update, where = {}) {
      checkUpdate(update);
      const [matching] = await database.read("trials", { ...where, id }, { scan: true });
      if (matching === undefined) return 0;
      return await change(id, update, (document) => document["token"] === matching["token"]);
    },

    async updateTrials(ref, update, where = {}) {
      checkUpdate(update);
      const experiment = await experiments.getExperiment(ref);
      let changed = 0;
      let left = 0;
      let after = -1;
      for (;;) {
        const page = await database.read(
          "trials",
          { ...where, experiment: experiment.key, number: withAfter(where["number"], after) },
          { sort: [{ field: "number" }], limit: pageSize, scan: true },
        );
        for (const document of page) {
          const done = isLegal(document, update) && (await apply(document, update, experiment));
          if (done) changed += 1;
          else left += 1;
          after = numberIn(document, "number");
        }
        if (page.length < pageSize) return { changed, left };
      }
    },

    async completeTrial(id, results) {
      await setStatus(id, "completed", { results });
    },

    async markTrialIncomplete(id) {
      await setStatus(id, "new");
    },

    async deleteTrials(ref, where = {}) {
      const { key } = await experiments.getExperiment(ref);
      const documents = await database.read(
        "trials",
        { ...where, experiment: key },
        { select: ["number"], scan: true },
      );
      if (documents.length === 0) return 0;
      const numbers = documents.map((document) => numberIn(document, "number"));
      const owned = ["attempts", "metrics", "snapshots", "artifacts"].flatMap((collection) =>
        numbers.map((number): Operation => ({
          kind: "remove",
          collection,
          query: { experiment: key, number },
        })),
      );
      await database.batch([
        ...numbers.map((number): Operation => ({
          kind: "remove",
          collection: "trials",
          query: { experiment: key, number },
        })),
        ...owned,
        // The grid is walked again from its start, so that what is missing comes back.
        {
          kind: "update",
          collection: "experiments",
          query: { key },
          change: { set: { position: 0 }, increment: { revision: 1 } },
        },
      ]);
      return numbers.length;
    },
  };
}

function withAfter(condition: unknown, after: number): unknown {
  if (condition === undefined) return { $gt: after };
  if (typeof condition === "number") return condition > after ? condition : { $lt: -1 };
  return { ...(condition as object), $gt: after };
}

const updatable: ReadonlySet<string> = new Set(["status", "results"]);

function checkUpdate(update: TrialUpdate): void {
  for (const field of Object.keys(update)) {
    if (updatable.has(field)) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `The field "${field}" of a trial cannot be changed (status and results can)`,
      { details: { field, accepted: [...updatable] } },
    );
  }
  if (update.status !== undefined) parseTrialStatus(update.status);
}

function targetOf(document: Document, update: TrialUpdate): TrialStatus {
  return update.status ?? parseTrialStatus(textIn(document, "status"));
}

function isLegal(document: Document, update: TrialUpdate): boolean {
  const from = parseTrialStatus(textIn(document, "status"));
  const to = targetOf(document, update);
  return mayAdminister(from, to) && (to === "completed") === (update.results !== undefined);
}

function assertLegal(document: Document, update: TrialUpdate): void {
  if (isLegal(document, update)) return;
  const from = textIn(document, "status");
  const to = targetOf(document, update);
  const why =
    to === "completed" && update.results === undefined && !isFinished(parseTrialStatus(from))
      ? "needs results"
      : update.results !== undefined && to !== "completed"
        ? "takes no results"
        : "is not a change that may be made";
  throw new AssayError(
    "INVALID_TRANSITION",
    `Trial ${textIn(document, "id")}: ${from} to ${to} ${why}; nothing was changed`,
    { details: { id: document["id"], from, to } },
  );
}

const attemptFields = ["startedAt", "endedAt", "durationMs", "worker", "run", "error", "outcome"];
const foundFields = ["results", "objective", "metrics", "resumed"];

function toChange(
  document: Document,
  update: TrialUpdate,
  experiment: Experiment,
  now: string,
): Change {
  const status = targetOf(document, update);
  const increment = { token: 1 };
  switch (status) {
    case "completed": {
      const encoded = encodeResults(update.results, experiment.objectives);
      return {
        set: { status, ...encoded, endedAt: now },
        unset: ["availableAt", "holder", ...attemptFields, ...foundFields],
        increment,
      };
    }
    case "new":
      return {
        set: { status, availableAt: 0 },
        unset: ["holder", ...attemptFields, ...foundFields],
        increment,
      };
    case "broken":
      return { set: { status, endedAt: now }, unset: ["availableAt", "holder"], increment };
    case "interrupted":
    case "suspended":
    case "pruned":
    case "reserved": {
      const open = document["startedAt"] !== undefined && document["outcome"] === undefined;
      const ended = open ? { endedAt: now, outcome: status } : {};
      return { set: { status, availableAt: 0, ...ended }, unset: ["holder"], increment };
    }
  }
}
