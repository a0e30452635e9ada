import type { Document, Query } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { parseTrialStatus, type TrialStatus } from "../model/status.ts";
import { isFinished, mayAdminister } from "../model/transitions.ts";
import type { AdministrativeStatus } from "./administrative-change.ts";
import { changeTrials } from "./administrative-writes.ts";
import type { StorageContext } from "./context.ts";
import { deleteTrials } from "./delete-trials.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { numberIn, textIn, toExperiment } from "./records.ts";
import { trialDocument, trialNotFound } from "./trial-documents.ts";
import { trialPages } from "./trial-pages.ts";

/** The fields of a trial that a person may change. */
export interface TrialUpdate {
  readonly status?: TrialStatus;
  /** Needed with, and only allowed with, the status completed. */
  readonly results?: unknown;
}

/** What became of the trials that an update was meant for. */
export interface TrialUpdates {
  readonly changed: number;
  readonly left: number;
  /** How many were left of each status that they had, as far as there are such. */
  readonly leftByStatus: Readonly<Partial<Record<TrialStatus, number>>>;
}

export interface AdministrationOptions {
  /** Called after each page with how many trials were come to so far. */
  readonly onProgress?: (trials: number) => void;
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
  /**
   * Changes a trial if it matches `where`. Returns how many (0 or 1). Throws `INVALID_TRANSITION`,
   * `INVALID_VALUE` or `INVALID_RESULTS`.
   */
  updateTrial(id: string, update: TrialUpdate, where?: Query): Promise<number>;
  /**
   * Changes the trials that match `where` and may be changed so, page by page: whoever cuts it off leaves
   * whole pages, and may do it again. A trial that changed between being read and being written is left, as one
   * that may not be changed so. Throws `NOT_FOUND`, `INVALID_VALUE` or `INVALID_RESULTS`; then nothing was
   * changed.
   */
  updateTrials(
    experiment: ExperimentRef,
    update: TrialUpdate,
    where?: Query,
    options?: AdministrationOptions,
  ): Promise<TrialUpdates>;
  /** Completes an unfinished trial with results from elsewhere. */
  completeTrial(id: string, results: unknown): Promise<void>;
  /** Makes a finished trial new, so that the next run executes it again. Its results stay on the old attempt. */
  markTrialIncomplete(id: string): Promise<void>;
  /**
   * Deletes the trials that match `where`, page by page. A later run of the grid registers them again. Returns
   * how many.
   */
  deleteTrials(
    experiment: ExperimentRef,
    where?: Query,
    options?: AdministrationOptions,
  ): Promise<number>;
}

export function createAdministrationStore(
  context: StorageContext,
  experiments: ExperimentStore,
): AdministrationStore {
  const { database } = context;

  async function experimentOf(document: Document): Promise<Experiment> {
    const [found] = await database.read("experiments", { key: numberIn(document, "experiment") });
    if (found?.["name"] !== undefined) return toExperiment(found);
    throw trialNotFound(context, textIn(document, "id"));
  }

  /** Applies an update to one trial, again when it changes in between. */
  async function change(
    update: TrialUpdate,
    read: () => Promise<Document | undefined>,
  ): Promise<number> {
    for (;;) {
      const document = await read();
      if (document === undefined) return 0;
      const experiment = await experimentOf(document);
      const status = legalTarget(document, update) ?? refuse(document, update);
      const outcomes = await changeTrials(
        context,
        experiment,
        [{ trial: document, status }],
        update,
      );
      if (outcomes?.[0] === true) return 1;
    }
  }

  async function setStatus(
    id: string,
    status: TrialStatus,
    options: { readonly was?: TrialStatus; readonly results?: unknown } = {},
  ): Promise<void> {
    const { was, results } = options;
    parseTrialStatus(status);
    if (was !== undefined) parseTrialStatus(was);
    await change(results === undefined ? { status } : { status, results }, async () => {
      const document = await trialDocument(context, id);
      const found = textIn(document, "status");
      if (was === undefined || was === found) return document;
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
      return await change(update, async () => {
        const [matching] = await database.read("trials", { ...where, id }, { scan: true });
        return matching;
      });
    },

    async updateTrials(ref, update, where = {}, { onProgress } = {}) {
      checkUpdate(update);
      const experiment = await experiments.getExperiment(ref);
      let changed = 0;
      let left = 0;
      const leftByStatus: Partial<Record<TrialStatus, number>> = {};
      for await (const page of trialPages(database, experiment.key, { where })) {
        const intended = page.flatMap((trial) => {
          const status = legalTarget(trial, update);
          return status === undefined ? [] : [{ trial, status }];
        });
        const outcomes = await changeTrials(context, experiment, intended, update);
        const done = new Set(intended.filter((_, i) => outcomes?.[i]).map(({ trial }) => trial));
        changed += done.size;
        for (const trial of page) {
          if (done.has(trial)) continue;
          const status = parseTrialStatus(textIn(trial, "status"));
          left += 1;
          leftByStatus[status] = (leftByStatus[status] ?? 0) + 1;
        }
        onProgress?.(changed + left);
      }
      return { changed, left, leftByStatus };
    },

    async completeTrial(id, results) {
      await setStatus(id, "completed", { results });
    },

    async markTrialIncomplete(id) {
      await setStatus(id, "new");
    },

    async deleteTrials(ref, where = {}, { onProgress } = {}) {
      const { key } = await experiments.getExperiment(ref);
      return await deleteTrials(context, key, where, onProgress);
    },
  };
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
  if (update.status !== undefined || update.results !== undefined) return;
  throw new AssayError(
    "INVALID_VALUE",
    "A trial is changed by a status, and results with completed",
  );
}

function targetOf(document: Document, update: TrialUpdate): TrialStatus {
  return update.status ?? parseTrialStatus(textIn(document, "status"));
}

/** The status that an update gives a trial; undefined when the update may not be made. */
function legalTarget(document: Document, update: TrialUpdate): AdministrativeStatus | undefined {
  const from = parseTrialStatus(textIn(document, "status"));
  const to = targetOf(document, update);
  if ((to === "completed") !== (update.results !== undefined)) return undefined;
  return mayAdminister(from, to) && to !== "reserved" && to !== "pruned" ? to : undefined;
}

function refuse(document: Document, update: TrialUpdate): never {
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
