import type { Document } from "../database/contract.ts";

const kept = ["startedAt", "endedAt", "durationMs", "worker", "run", "results", "error", "resumed"];

/**
 * The last attempt of a trial as a document of `attempts`, to be kept when the trial moves on; undefined when
 * none was started. What has no outcome is lost.
 */
export function supersededAttempt(trial: Document): Document | undefined {
  if (trial["startedAt"] === undefined || trial["attempt"] === 0) return undefined;
  return {
    experiment: trial["experiment"],
    number: trial["number"],
    attempt: trial["attempt"],
    status: trial["outcome"] ?? "lost",
    ...Object.fromEntries(kept.map((field) => [field, trial[field]])),
  };
}
