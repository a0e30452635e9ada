import { isLargeResults } from "../large-results.ts";
import { checkAttempts } from "./check-attempts.ts";
import { checkIdentity } from "./check-identity.ts";
import { checkMetrics } from "./check-metrics.ts";
import { checkOutput } from "./check-output.ts";
import { checkResults } from "./check-results.ts";
import { checkStatus } from "./check-status.ts";
import type { ExperimentFacts } from "./experiment-facts.ts";
import type { Finding } from "./findings.ts";
import type { TrialRecord } from "./trial-record.ts";

/** Everything that holds for a trial and what belongs to it, but for contents. */
export function* checkTrial(
  record: TrialRecord,
  facts: ExperimentFacts,
  atomic: boolean,
): Generator<Finding, void> {
  const { trial } = record;
  if (trial === undefined) {
    // Where a batch is not atomic, the content of results may be there before their trial is inserted.
    const artifacts = record.artifacts.filter(({ name }) => atomic || !isLargeResults(name));
    const strays = { ...record, artifacts };
    for (const collection of ["attempts", "metrics", "snapshots", "artifacts", "output"] as const) {
      const count = strays[collection].length;
      if (count > 0) yield orphans(collection, count, record.number);
    }
    return;
  }
  yield* checkIdentity(trial, facts);
  yield* checkStatus(trial);
  yield* checkResults(trial, facts);
  yield* checkAttempts(record, trial, atomic);
  yield* checkMetrics(record, trial);
  yield* checkOutput(record, trial);
}

function orphans(collection: string, count: number, number: number): Finding {
  const what = count === 1 ? "1 document" : `${String(count)} documents`;
  const belong = count === 1 ? "belongs" : "belong";
  return {
    invariant: "owners",
    message: `${what} of "${collection}" ${belong} to trial number ${String(number)}, which is not there`,
  };
}
