import type { TrialScope } from "../../expression/lookup.ts";
import type { Trial } from "../../model/trial.ts";

/** Where the names of an expression are looked up in a trial. Times are dates, so that they compare as times. */
export function toTrialScope(trial: Trial): TrialScope {
  const { number, status, attempt, id, worker, run, durationMs, seed } = trial;
  return {
    params: trial.params,
    results: trial.results,
    metrics: trial.metrics,
    fields: {
      number,
      status,
      attempt,
      id,
      error: trial.error?.message,
      worker,
      run,
      createdAt: new Date(trial.createdAt),
      startedAt: toDate(trial.startedAt),
      endedAt: toDate(trial.endedAt),
      durationMs,
      seed,
    },
  };
}

function toDate(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}
