import { AssayError } from "../../errors/assay-error.ts";
import { lookupName, trialFields } from "../../expression/lookup.ts";
import type { Experiment } from "../../model/experiment.ts";
import { trialStatuses } from "../../model/status.ts";
import type { Trial } from "../../model/trial.ts";
import type { Space } from "../../space/space.ts";
import type { TrialReadStore } from "../trials.ts";
import { didYouMean } from "../../util/nearest.ts";
import { flattenPaths } from "../../values/path.ts";
import { toTrialScope } from "./trial-scope.ts";

/** The names of an expression, and the one that trials are ordered by. */
export interface AskedNames {
  readonly expression: readonly string[];
  readonly order: string | undefined;
}

/**
 * Refuses names that no trial of an experiment can have: `INVALID_EXPRESSION`, with the nearest name. What
 * is neither declared nor a field of every trial is looked for in the stored trials. While none of them has
 * found anything yet, a name that resembles no known one may be that of a result to come.
 */
export async function checkNames(
  storage: TrialReadStore,
  experiment: Experiment,
  space: Space,
  { expression, order }: AskedNames,
): Promise<void> {
  const names = order === undefined ? expression : [...expression, order];
  const declared = {
    params: space.dimensions.map(({ name }) => name),
    results: experiment.objectives.map(({ name }) => name),
  };
  const open = new Set(names.filter((name) => !isDeclared(name, declared)));
  if (open.size === 0) return;
  const seen = await namesFound(storage, experiment, open);
  const [unknown] = open;
  if (unknown === undefined) return;
  const known = [...new Set([...declared.params, ...declared.results, ...seen])];
  const nearest = didYouMean(unknown, [...known, ...trialFields]);
  const isStatus = trialStatuses.some((status) => status === unknown);
  const isToCome = seen.size === 0 && !unknown.startsWith("params.") && !isStatus;
  if (isToCome && nearest === "") return;
  const isExact = /^(params|results|metrics)\./.test(unknown);
  const mayBeText = expression.includes(unknown) && !isExact;
  const advice = nearest || (mayBeText ? `; a text is written in quotes: '${unknown}'` : "");
  throw new AssayError(
    "INVALID_EXPRESSION",
    `Unknown name "${unknown}"${advice} (${[...known, "number", "status", "…"].join(", ")})`,
    { details: { name: unknown, accepted: [...known, ...trialFields] } },
  );
}

/** What is known without reading a trial, by dotted names. */
interface DeclaredNames {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

function isDeclared(name: string, { params, results }: DeclaredNames): boolean {
  if (name.startsWith("params.")) return isAmong(name.slice("params.".length), params);
  if (name.startsWith("results.")) return isAmong(name.slice("results.".length), results);
  return trialFields.some((field) => field === name) || isAmong(name, [...params, ...results]);
}

/** Also as a part of a nested name, or as something inside the value of one. */
function isAmong(name: string, known: readonly string[]): boolean {
  return known.some(
    (other) => other === name || other.startsWith(`${name}.`) || name.startsWith(`${other}.`),
  );
}

/** Removes the names that some trial has from `open`. Returns the names of what the trials found, as far as read. */
async function namesFound(
  storage: TrialReadStore,
  experiment: Experiment,
  open: Set<string>,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for await (const trial of completedFirst(storage, experiment)) {
    const scope = toTrialScope(trial);
    for (const name of open) if (lookupName(scope, name) !== undefined) open.delete(name);
    for (const [path] of flattenPaths(trial.results ?? {})) seen.add(path);
    for (const name of Object.keys(trial.metrics)) seen.add(name);
    if (open.size === 0) break;
  }
  return seen;
}

/** One completed trial mostly has every name that there is. */
async function* completedFirst(
  storage: TrialReadStore,
  experiment: Experiment,
): AsyncGenerator<Trial, void> {
  yield* storage.eachTrial(experiment, { where: { status: "completed" }, limit: 1 });
  yield* storage.eachTrial(experiment);
}
