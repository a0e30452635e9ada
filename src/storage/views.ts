import type { Document, ViewDeclaration } from "../database/contract.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { isPlainObject, isPlainString } from "../values/plain.ts";
import { decodedIn, numberIn, optionalText, textIn } from "./records.ts";
import { collections } from "./schema.ts";

export interface ViewStore {
  /**
   * Makes or renews the view that shows an experiment's trials with parameters, results and metrics as
   * columns, for people with a SQL client. Its name, or undefined where the backend has no views.
   */
  refreshView(experiment: ExperimentRef): Promise<string | undefined>;
}

/** What SQLite has names for already: tables and their indexes. */
const tables: readonly string[] = collections.flatMap(({ name, indexes }) => [
  name,
  ...indexes.map(({ fields }) => `${name}_by_${fields.join("_")}`),
]);
const own = ["number", "id", "status", "attempt", "startedAt", "endedAt", "durationMs", "seed"];

export function createViewStore(
  { database }: StorageContext,
  experiments: ExperimentStore,
): ViewStore {
  /** The experiment's name, unless a table or another view has it: SQL does not tell "A" from "a". */
  async function freeName(experiment: Document): Promise<string> {
    const others = await database.read(
      "experiments",
      { view: { $exists: true } },
      { select: ["view"], scan: true },
    );
    const taken = new Set([...tables, ...others.map((other) => textIn(other, "view"))].map(lower));
    const name = textIn(experiment, "name");
    const version = numberIn(experiment, "version");
    const base = version === 1 ? name : `${name}@${String(version)}`;
    const isFree = (candidate: string): boolean =>
      !taken.has(lower(candidate)) && !/^(sqlite|assay)_/i.test(candidate);
    // No experiment's name has a # in it.
    const last = `trials of ${base} #${String(numberIn(experiment, "key"))}`;
    return [base, `${base}_trials`].find(isFree) ?? last;
  }

  async function viewName(key: number): Promise<string> {
    const [experiment] = await database.read("experiments", { key });
    if (experiment === undefined) throw new RangeError(`No experiment has the key ${String(key)}`);
    const stored = optionalText(experiment, "view");
    if (stored !== null) return stored;
    const view = await freeName(experiment);
    await database.write("experiments", { set: { view } }, { key });
    return view;
  }

  /** The names in the results or metrics of the first completed trial. */
  async function keysSeen(experiment: number, field: "results" | "metrics"): Promise<string[]> {
    const [document] = await database.read(
      "trials",
      { experiment, status: "completed" },
      { limit: 1, sort: [{ field: "number" }] },
    );
    const value = document === undefined ? undefined : decodedIn(document, field);
    return isPlainObject(value) ? Object.keys(value) : [];
  }

  return {
    async refreshView(ref) {
      if (!database.capabilities.views) return undefined;
      const { key, space } = await experiments.getExperiment(ref);
      const names = spaceFromDefinition(space).dimensions.map((dimension) => dimension.name);
      const found = [
        // Branches of a variant may have equal names.
        ...[...new Set(names)].map((name) => `params.${name}`),
        ...(await keysSeen(key, "results")).map((name) => `results.${name}`),
        ...(await keysSeen(key, "metrics")).map((name) => `metrics.${name}`),
      ];
      const name = await viewName(key);
      const view: ViewDeclaration = {
        name,
        collection: "trials",
        query: { experiment: key },
        columns: toColumns({ fields: own, found }),
      };
      await database.replaceViews([view], []);
      return name;
    },
  };
}

function lower(name: string): string {
  return name.toLowerCase();
}

/** What a view shows: fields of the trial, and paths into its parameters, results and metrics. */
interface Shown {
  readonly fields: readonly string[];
  readonly found: readonly string[];
}

/** SQLite's limit is 2,000. */
const maxColumns = 1000;

/**
 * Column → path. Names are looked up as in expressions: a name means a parameter, else a result, else a metric,
 * else a field of the trial. What is behind another one of its name has its whole path as its column.
 */
function toColumns({ fields, found }: Shown): Readonly<Record<string, string>> {
  const taken = new Set<string>();
  const free = (name: string, prefix: string): string => {
    const column = taken.has(lower(name)) ? free(`${prefix}.${name}`, prefix) : name;
    taken.add(lower(column));
    return column;
  };
  const paths = found.filter(isPlainString).slice(0, maxColumns);
  const columnsFound = paths.map((path): [string, string] => {
    const dot = path.indexOf(".");
    return [free(path.slice(dot + 1), path.slice(0, dot)), path];
  });
  const columnsOfTrial = fields.map((field): [string, string] => [free(field, "trial"), field]);
  return Object.fromEntries([...columnsOfTrial, ...columnsFound]);
}
