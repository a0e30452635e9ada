import type { Document } from "../../database/contract.ts";
import type { Objective } from "../../model/objective.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { ExperimentFacts } from "./experiment-facts.ts";
import type { Finding } from "./findings.ts";
import { readStored, shown } from "./stored-values.ts";

const wrong = (message: string): Finding => ({ invariant: "trial-results", message });

/** What a trial found. */
export function* checkResults(trial: Document, facts: ExperimentFacts): Generator<Finding, void> {
  const { status, results, objective, metrics, startedAt, outcome } = trial;
  if (metrics !== undefined && !isPlainObject(readStored(trial, "metrics"))) {
    yield wrong("The last values of its metrics cannot be read");
  }
  if (status !== "completed") {
    if (objective !== undefined) yield wrong(`It is ${shown(status)}, but has an objective`);
    if (results === undefined) return;
    if (startedAt === undefined || outcome === undefined) {
      yield wrong("It has results of no attempt that ended");
    }
    if (!isPlainObject(readStored(trial, "results"))) yield wrong("The results cannot be read");
    return;
  }
  if (results === undefined) yield wrong("It is completed without results");
  else yield* checkCompleted(trial, facts.objectives ?? []);
}

function* checkCompleted(
  trial: Document,
  objectives: readonly Objective[],
): Generator<Finding, void> {
  const results = readStored(trial, "results");
  if (!isPlainObject(results)) {
    yield wrong("The results cannot be read");
    return;
  }
  for (const { name } of objectives) {
    if (typeof results[name] === "number") continue;
    yield wrong(`The results lack a number for the objective "${name}"`);
    return;
  }
  const first = objectives[0] === undefined ? undefined : results[objectives[0].name];
  // NaN is the best of nothing, and not stored beside the results.
  const expected = Number.isNaN(first) ? undefined : first;
  const { objective } = trial;
  if (expected !== objective) {
    yield wrong(
      `The objective is ${shown(expected)} in its results, ${shown(objective)} beside them`,
    );
  }
}
