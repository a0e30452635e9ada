import type { ClaimedTrial } from "../storage/leases.ts";
import type { FinishedReport } from "../storage/reports.ts";
import { toTimestamp } from "../util/timestamp.ts";
import type { Ending } from "./protocol.ts";
import type { SeatCause } from "./seat.ts";

/**
 * What storage is told of a trial's end. Why the trial was made to end outweighs how it ended: a trial that
 * ran into its limit is broken, even if it returned something at last.
 */
export function endingReport(
  trial: ClaimedTrial,
  ending: Ending | undefined,
  cause: SeatCause | undefined,
  timeoutMs: number | undefined,
): FinishedReport {
  const endedAt = toTimestamp(ending?.endedAt ?? Date.now());
  const report = { kind: "finished", trial, endedAt, durationMs: ending?.durationMs } as const;
  if (cause?.kind === "timeout") {
    const message = `Ran longer than its limit of ${String(timeoutMs)} ms`;
    return { ...report, status: "broken", error: { cause: "timeout", message } };
  }
  if (cause?.kind === "worker lost") {
    return { ...report, status: "broken", error: cause.error };
  }
  if (ending === undefined) return { ...report, status: "interrupted" };
  const { status, results, objective } = ending;
  const error = status === "broken" ? ending.error : undefined;
  return { ...report, status, results, objective, error };
}
