import type { Document, Query } from "../database/contract.ts";
import { AssayError, isAssayError } from "../errors/assay-error.ts";
import { parseExperimentName, type Experiment } from "../model/experiment.ts";
import { timestamp, type StorageContext } from "./context.ts";
import {
  experimentChange,
  newExperimentDocument,
  type ExperimentUpdate,
} from "./experiment-documents.ts";
import type { ExperimentSpec } from "./experiment-spec.ts";
import { optionalText, toExperiment } from "./records.ts";
import { describeConflict, isSameDefinition } from "./restore.ts";
import { sweepDeleted } from "./sweep.ts";
import { unknownExperiment } from "./unknown-experiment.ts";

/** Names an experiment: its record, its id, `name` (the latest version) or `name@2`. */
export type ExperimentRef = string | Pick<Experiment, "id">;

export interface ExperimentStore {
  /** Stores a new experiment. Throws `DUPLICATE` when its name and version are taken. */
  createExperiment(spec: ExperimentSpec): Promise<Experiment>;
  /** The stored experiment of that name when it is the same, undefined when there is none, else `CONFLICT`. */
  restoreExperiment(spec: ExperimentSpec): Promise<Experiment | undefined>;
  /** The stored experiment, created when there is none. Throws `CONFLICT` as `restoreExperiment` does. */
  ensureExperiment(spec: ExperimentSpec): Promise<Experiment>;
  /** The experiment of a name or id, else `NOT_FOUND` with the nearest name. */
  getExperiment(ref: ExperimentRef): Promise<Experiment>;
  findExperiment(ref: ExperimentRef): Promise<Experiment | undefined>;
  /** All experiments, in the order in which they were created. */
  getExperiments(): Promise<Experiment[]>;
  /** The experiments that match a query (dotted paths reach into `metadata`, `space`, …), with all or some fields. */
  fetchExperiments(query?: Query, selection?: readonly string[]): Promise<Partial<Experiment>[]>;
  /** Changes fields; false when the experiment does not match `where`. `INVALID_VALUE` on a field that may not change. */
  updateExperiment(ref: ExperimentRef, fields: ExperimentUpdate, where?: Query): Promise<boolean>;
  /** Hides an experiment and all under it in one step, then frees their room. Returns how many (0 or 1). */
  deleteExperiment(ref: ExperimentRef): Promise<number>;
}

const idPattern = /^[0-9a-f]{32}$/;

export function createExperimentStore(context: StorageContext): ExperimentStore {
  const { database } = context;

  async function create(spec: ExperimentSpec): Promise<Experiment> {
    const document = await newExperimentDocument(context, spec);
    try {
      await database.write("experiments", document);
    } catch (error) {
      if (!isAssayError(error) || error.code !== "DUPLICATE") throw error;
      // The connection may have been lost when it was written, and it was written again.
      if ((await findById(document["id"] as string)) !== undefined) return toExperiment(document);
      throw new AssayError(
        "DUPLICATE",
        `An experiment "${spec.name}@${String(spec.version ?? 1)}" exists already`,
        { details: { name: spec.name, version: spec.version ?? 1 }, cause: error },
      );
    }
    return toExperiment(document);
  }

  async function find(ref: ExperimentRef): Promise<Experiment | undefined> {
    const document = typeof ref === "string" ? await findByText(ref) : await findById(ref.id);
    return document === undefined ? undefined : toExperiment(document);
  }

  async function findById(id: string): Promise<Document | undefined> {
    const [document] = await database.read("experiments", { id });
    return document?.["name"] === undefined ? undefined : document;
  }

  async function findByText(text: string): Promise<Document | undefined> {
    const { name, version } = parseExperimentName(text);
    const [document] = await database.read(
      "experiments",
      version === undefined ? { name } : { name, version },
      { sort: [{ field: "version", descending: true }], limit: 1 },
    );
    if (document !== undefined || !idPattern.test(text)) return document;
    return await findById(text);
  }

  async function all(): Promise<Experiment[]> {
    const documents = await database.read(
      "experiments",
      { name: { $exists: true } },
      { sort: [{ field: "key" }], scan: true },
    );
    return documents.map(toExperiment);
  }

  async function get(ref: ExperimentRef): Promise<Experiment> {
    const found = await find(ref);
    if (found !== undefined) return found;
    const asked = typeof ref === "string" ? ref : ref.id;
    throw unknownExperiment(asked, await all(), database.location);
  }

  async function restore(spec: ExperimentSpec): Promise<Experiment | undefined> {
    const { name, version } = spec;
    const stored = await find(version === undefined ? name : `${name}@${String(version)}`);
    if (stored === undefined || isSameDefinition(stored, spec)) return stored;
    throw describeConflict(stored, spec);
  }

  return {
    createExperiment: create,
    restoreExperiment: restore,
    findExperiment: find,
    getExperiment: get,
    getExperiments: all,

    async ensureExperiment(spec) {
      const stored = await restore(spec);
      if (stored !== undefined) return stored;
      try {
        return await create(spec);
      } catch (error) {
        if (!isAssayError(error) || error.code !== "DUPLICATE") throw error;
        // Another process created it between the two steps.
        return (await restore(spec)) ?? (await create(spec));
      }
    },

    async fetchExperiments(query = {}, selection) {
      const documents = await database.read(
        "experiments",
        { ...query, deletedAt: { $exists: false } },
        { sort: [{ field: "key" }], scan: true },
      );
      // One without a name is on its way from another database.
      const records = documents.filter(({ name }) => name !== undefined).map(toExperiment);
      if (selection === undefined) return records;
      return records.map((record) =>
        Object.fromEntries(Object.entries(record).filter(([field]) => selection.includes(field))),
      );
    },

    async updateExperiment(ref, fields, where = {}) {
      const change = experimentChange(fields);
      const { key } = await get(ref);
      const query = { ...where, key };
      return (await database.write("experiments", change, query, { scan: true })) > 0;
    },

    async deleteExperiment(ref) {
      const experiment = await find(ref);
      if (experiment === undefined) return 0;
      const { key, name } = experiment;
      const [hidden] = await database.readAndWrite(
        "experiments",
        { key, deletedAt: { $exists: false } },
        {
          set: { deletedName: name, deletedAt: timestamp(context) },
          unset: ["name"],
          increment: { revision: 1 },
        },
      );
      const view = hidden && optionalText(hidden, "view");
      if (view !== undefined && view !== null) await database.replaceViews([], [view]);
      await sweepDeleted(context);
      return hidden === undefined ? 0 : 1;
    },
  };
}
