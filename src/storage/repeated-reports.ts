import type { Database } from "../database/contract.ts";
import type { ClaimedTrial } from "./leases.ts";

/** What of a report tells whether it was written before. */
interface RepeatedReport {
  readonly kind: string;
  readonly trial: ClaimedTrial;
  readonly status?: string;
  readonly endedAt?: string | undefined;
  readonly isRetried?: boolean;
}

/**
 * Looks again at reports that were refused when they were repeated, because the connection was lost while they
 * were written. The end of a claim cannot be written twice; when the trial is stored as the report ends it,
 * under the token of the claim, the first try did it, and with it all that the claim reported before.
 */
export async function confirmRepeated(
  database: Database,
  reports: readonly RepeatedReport[],
  outcomes: readonly boolean[],
): Promise<boolean[]> {
  const ends = new Map<ClaimedTrial, RepeatedReport>();
  for (const [i, report] of reports.entries()) {
    if (report.kind === "finished" && outcomes[i] !== true) ends.set(report.trial, report);
  }
  const confirmed = new Set<ClaimedTrial>();
  for (const [trial, end] of ends) {
    if (await isStoredAs(database, end)) confirmed.add(trial);
  }
  return reports.map(({ trial }, i) => outcomes[i] === true || confirmed.has(trial));
}

async function isStoredAs(database: Database, report: RepeatedReport): Promise<boolean> {
  const { experiment, number, token } = report.trial;
  const status = report.isRetried === true ? "interrupted" : report.status;
  const select = ["token", "status", "endedAt"];
  const [stored] = await database.read("trials", { experiment, number }, { select });
  if (stored?.["token"] !== token || stored["status"] !== status) return false;
  return report.endedAt === undefined || stored["endedAt"] === report.endedAt;
}
