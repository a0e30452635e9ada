import type { TrialError } from "../model/trial.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { FinishedReport } from "../storage/reports.ts";
import { toTimestamp } from "../util/timestamp.ts";
import type { Ending } from "./protocol.ts";
import type { SeatCause } from "./seat-listener.ts";
import type { TrialLimitOptions } from "./trial-limits.ts";

/**
 * What storage is told of a trial's end. Why the trial was made to end outweighs how it ended: a trial that
 * ran into its limit is broken, even if it returned something at last.
 * @param startedAt when it began, in milliseconds since 1970: how long it ran when its worker cannot tell
 */
export function endingReport(
  trial: ClaimedTrial,
  startedAt: number,
  ending: Ending | undefined,
  cause: SeatCause | undefined,
  limits: TrialLimitOptions,
): FinishedReport {
  const { status, error } = verdict(ending, cause, limits);
  const found = status === "completed" ? ending : undefined;
  const endedAt = ending?.endedAt ?? Date.now();
  return {
    kind: "finished",
    trial,
    status,
    results: found?.results,
    objective: found?.objective,
    error,
    endedAt: toTimestamp(endedAt),
    durationMs: ending?.durationMs ?? Math.max(0, endedAt - startedAt),
  };
}

function verdict(
  ending: Ending | undefined,
  cause: SeatCause | undefined,
  { timeoutMs, noProgressTimeoutMs }: TrialLimitOptions,
): { readonly status: Ending["status"]; readonly error: TrialError | undefined } {
  if (cause?.kind === "timeout") {
    const message = `Ran longer than its limit of ${String(timeoutMs)} ms`;
    return { status: "broken", error: { cause: "timeout", message } };
  }
  if (cause?.kind === "no progress") {
    const message = `Showed no progress for ${String(noProgressTimeoutMs)} ms`;
    return { status: "broken", error: { cause: "noProgress", message } };
  }
  if (cause?.kind === "worker lost") return { status: "broken", error: cause.error };
  const status = ending?.status ?? "interrupted";
  return { status, error: status === "broken" ? ending?.error : undefined };
}
