import type { ViewDeclaration } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";
import { spaceFromDefinition } from "../space/from-definition.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { decodedIn } from "./records.ts";
import { collections } from "./schema.ts";

export interface ViewStore {
  /**
   * Makes or renews the view that shows an experiment's trials with parameters, results and metrics as
   * columns, for people with a SQL client. Its name, or undefined where the backend has no views.
   */
  refreshView(experiment: ExperimentRef): Promise<string | undefined>;
}

const taken: ReadonlySet<string> = new Set(collections.map(({ name }) => name));

/** The name of an experiment's view: its own, unless a table has that name or it is an older version. */
export function viewName({ name, version }: Pick<Experiment, "name" | "version">): string {
  const base =
    taken.has(name.toLowerCase()) || /^(sqlite|assay)_/i.test(name) ? `${name}_trials` : name;
  return version === 1 ? base : `${base}@${String(version)}`;
}

const own = ["number", "id", "status", "attempt", "startedAt", "endedAt", "durationMs", "seed"];

export function createViewStore(
  { database }: StorageContext,
  experiments: ExperimentStore,
): ViewStore {
  async function keysSeen(experiment: number, field: "results" | "metrics"): Promise<string[]> {
    const [document] = await database.read(
      "trials",
      { experiment, status: "completed" },
      { limit: 1, sort: [{ field: "number" }] },
    );
    const value = document === undefined ? undefined : decodedIn(document, field);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  }

  return {
    async refreshView(ref) {
      if (!database.capabilities.views) return undefined;
      const experiment = await experiments.getExperiment(ref);
      const columns: Record<string, string> = Object.fromEntries(own.map((name) => [name, name]));
      const add = (name: string, path: string): void => {
        columns[columns[name] === undefined ? name : path] = path;
      };
      for (const name of spaceFromDefinition(experiment.space).names) add(name, `params.${name}`);
      for (const name of await keysSeen(experiment.key, "results")) add(name, `results.${name}`);
      for (const name of await keysSeen(experiment.key, "metrics")) add(name, `metrics.${name}`);
      const name = viewName(experiment);
      const view: ViewDeclaration = {
        name,
        collection: "trials",
        query: { experiment: experiment.key },
        columns,
      };
      await database.replaceViews([view], []);
      return name;
    },
  };
}
