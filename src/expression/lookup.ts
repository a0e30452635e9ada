import { isPlainObject } from "../values/plain.ts";
import { getPath } from "../values/path.ts";

/** The trial fields that an expression may name, beside parameters, results and metrics. */
export const trialFields = [
  "number",
  "status",
  "attempt",
  "id",
  "error",
  "worker",
  "run",
  "createdAt",
  "startedAt",
  "endedAt",
  "durationMs",
  "seed",
] as const;

/** Where the names of an expression are looked up for one trial. */
export interface TrialScope {
  /** Nested as declared. */
  readonly params: unknown;
  readonly results: unknown;
  /** The last value of each metric. */
  readonly metrics: unknown;
  readonly fields: Readonly<Partial<Record<(typeof trialFields)[number], unknown>>>;
}

/**
 * The value of a name for a trial: `params.x`, `results.x` and `metrics.x` say where, any other
 * name is the first of a parameter, a result, a metric and a trial field. Undefined when absent.
 */
export function lookupName(scope: TrialScope, name: string): unknown {
  for (const place of ["params", "results", "metrics"] as const) {
    const prefix = `${place}.`;
    if (name.startsWith(prefix)) return find(scope[place], name.slice(prefix.length));
  }
  for (const place of ["params", "results", "metrics", "fields"] as const) {
    const value = find(scope[place], name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** By the name as a whole first, for metrics and parameters whose own names contain dots. */
function find(values: unknown, name: string): unknown {
  if (isPlainObject(values) && Object.hasOwn(values, name)) return values[name];
  return getPath(values, name);
}
