import { AssayError } from "../../../errors/assay-error.ts";
import type { StorageContext } from "../../context.ts";
import type { Storage } from "../../storage.ts";
import { trialPages } from "../../trial-pages.ts";
import { moveAll, type Intention } from "../arrivals.ts";
import { chooseExperiments } from "../choose-experiments.ts";
import { labelOf, sumTrials, Tracker, type TransferOptions } from "../progress.ts";
import { assertApart } from "../same-storage.ts";
import { contextOf } from "../storage-context.ts";
import { storageSource } from "../storage-source.ts";
import { decideAll } from "./decide.ts";
import { Differences, type MergeDifference } from "./differences.ts";
import { mergeExperiment } from "./merge-experiment.ts";
import { planMerge, type Pair } from "./plan-merge.ts";

/**
 * What becomes of a trial that completed in both with different results: the primary's are kept, the
 * secondary's are taken (and the primary's stay on record as an attempt), or nothing is merged at all.
 */
export type DifferencePolicy = "keep" | "take" | "fail";

export const differencePolicies: readonly DifferencePolicy[] = ["keep", "take", "fail"];

export interface MergeOptions extends TransferOptions {
  /** Default `keep`. */
  readonly onDifference?: DifferencePolicy;
}

export interface MergedExperiment {
  readonly name: string;
  readonly version: number;
  /** `moved`: the primary did not have it. */
  readonly outcome: "moved" | "merged";
  /** Trials that the primary did not have, and trials of the primary that got what the secondary found. */
  readonly added: number;
  readonly taken: number;
}

export interface DatabaseMerge {
  /** Where they are, without credentials. */
  readonly primary: string;
  readonly secondary: string;
  readonly experiments: readonly MergedExperiment[];
  /** The first 1,000 trials that completed in both with different results. */
  readonly differences: readonly MergeDifference[];
  readonly differenceCount: number;
}

/** What `mergeDatabases` does (its documentation is there). */
export async function mergeInto(
  primary: Storage,
  secondary: Storage,
  { onDifference = "keep", names, ...options }: MergeOptions,
): Promise<DatabaseMerge> {
  await assertApart(primary, secondary);
  const contexts = { primary: contextOf(primary), secondary: contextOf(secondary) };
  const source = await storageSource(contexts.secondary);
  const chosen = chooseExperiments(source, names);
  const { unknown, pairs } = await planMerge(primary, source, chosen);
  if (onDifference === "fail") await assertNoDifference(contexts, pairs, options);

  const tracker = new Tracker(options, sumTrials(chosen));
  const differences = new Differences();
  const experiments: MergedExperiment[] = [];
  for (const pair of pairs) {
    const { name, version } = pair.source;
    tracker.begin(pair.source);
    const takesDifferences = onDifference === "take";
    const merged = await mergeExperiment({
      ...contexts,
      pair,
      takesDifferences,
      differences,
      tracker,
    });
    experiments.push({ name, version, outcome: "merged", ...merged });
    await primary.refreshView(pair.primary);
  }
  const intentions = unknown.map((one): Intention => {
    const destination = { name: one.name, version: one.version };
    return { source: one, outcome: "moved", destination };
  });
  for (const { name, version, trials } of await moveAll(source, primary, intentions, tracker)) {
    experiments.push({ name, version, outcome: "moved", added: trials, taken: 0 });
  }
  return {
    primary: primary.location,
    secondary: secondary.location,
    experiments,
    differences: differences.found,
    differenceCount: differences.count,
  };
}

async function assertNoDifference(
  contexts: { readonly primary: StorageContext; readonly secondary: StorageContext },
  pairs: readonly Pair[],
  options: Pick<TransferOptions, "onProgress" | "signal">,
): Promise<void> {
  const { primary, secondary } = contexts;
  const differences = new Differences();
  const tracker = new Tracker(options, sumTrials(pairs.map(({ source }) => source)));
  for (const pair of pairs) {
    tracker.begin(pair.source, "checking");
    for await (const trials of trialPages(secondary.database, pair.secondary.key, {})) {
      await tracker.goOn();
      differences.add(pair, await decideAll(primary.database, pair, trials));
      tracker.advance(trials.length);
    }
  }
  const [first] = differences.found;
  if (first === undefined) return;
  const { count } = differences;
  const trials = count === 1 ? "1 trial" : `${String(count)} trials`;
  const labels = [...new Set(pairs.map(({ source }) => labelOf(source)))];
  throw new AssayError(
    "CONFLICT",
    `${trials} completed with other results in ${secondary.database.location} than in ${primary.database.location}, the first is ${first.experiment}#${String(first.number)}; nothing was changed`,
    { details: { names: labels, count, trials: differences.found.slice(0, 20) } },
  );
}
