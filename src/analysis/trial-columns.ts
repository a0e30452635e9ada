import type { Trial } from "../model/trial.ts";
import type { Space } from "../space/space.ts";
import { flattenPaths, getPath } from "../values/path.ts";

/** One column of a table of trials. */
export interface TrialColumn {
  /** Where the value is, as expressions name it: `params.lr`, `results.loss`, `metrics.loss`, `status`. */
  readonly name: string;
  readonly valueOf: (trial: Trial) => unknown;
}

/** The names of what trials found, in the order in which they were first met. */
export interface FoundNames {
  /** Dotted paths into the results. */
  readonly results: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

export async function collectFoundNames(
  trials: AsyncIterable<Trial> | Iterable<Trial>,
): Promise<FoundNames> {
  const results = new Set<string>();
  const metrics = new Set<string>();
  for await (const trial of trials) {
    for (const [path] of flattenPaths(trial.results ?? {})) results.add(path);
    for (const name of Object.keys(trial.metrics)) metrics.add(name);
  }
  return { results, metrics };
}

/** The parameters of a space, each name once; those that are the same in every trial only if asked for. */
function paramColumns(space: Space, constants: boolean): TrialColumn[] {
  const names = space.dimensions
    .filter(({ definition: { kind } }) => constants || (kind !== "constant" && kind !== "repeat"))
    .map(({ name }) => name);
  return [...new Set(names)].map((name) => ({
    name: `params.${name}`,
    valueOf: ({ params }) => getPath(params, name),
  }));
}

function resultColumns({ results }: FoundNames): TrialColumn[] {
  return [...results].map((path) => ({
    name: `results.${path}`,
    valueOf: (trial) => flattenPaths(trial.results ?? {}).find(([found]) => found === path)?.[1],
  }));
}

/** The last values of metrics. */
function metricColumns({ metrics }: FoundNames): TrialColumn[] {
  return [...metrics].map((name) => ({
    name: `metrics.${name}`,
    valueOf: (trial) => trial.metrics[name],
  }));
}

type FieldName = Exclude<keyof Trial, "params" | "results" | "metrics" | "error">;

function fieldColumns(names: readonly FieldName[]): TrialColumn[] {
  return names.map((name) => ({ name, valueOf: (trial) => trial[name] }));
}

const errorColumn: TrialColumn = {
  name: "error",
  valueOf: ({ error }) => error?.message,
};

/** Every column, for files: all parameters, results and metrics, and all else that is known of a trial. */
export function allColumns(space: Space, found: FoundNames): TrialColumn[] {
  return [
    ...fieldColumns(["number", "id", "status", "attempt"]),
    ...paramColumns(space, true),
    ...resultColumns(found),
    ...metricColumns(found),
    errorColumn,
    ...fieldColumns(["seed", "run", "worker", "createdAt", "startedAt", "endedAt", "durationMs"]),
  ];
}

/** The columns for a look at some trials: metrics only when there are no results, an error only when there is one. */
export function viewColumns(
  space: Space,
  found: FoundNames,
  trials: readonly Trial[],
): TrialColumn[] {
  return [
    ...fieldColumns(["number", "status"]),
    ...paramColumns(space, false),
    ...(found.results.size > 0 ? resultColumns(found) : metricColumns(found)),
    ...fieldColumns(["durationMs"]),
    ...(trials.some(({ error }) => error !== null) ? [errorColumn] : []),
  ];
}
