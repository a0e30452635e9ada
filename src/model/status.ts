import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";

/** Every state of a trial, in the order in which counts of them are shown. */
export const trialStatuses = [
  "new",
  "reserved",
  "suspended",
  "completed",
  "interrupted",
  "broken",
  "pruned",
] as const;

export type TrialStatus = (typeof trialStatuses)[number];

/** The status that a text names, or `INVALID_VALUE`. */
export function parseTrialStatus(text: string): TrialStatus {
  const status = trialStatuses.find((candidate) => candidate === text);
  if (status !== undefined) return status;
  throw new AssayError(
    "INVALID_VALUE",
    `Unknown status "${text}"${didYouMean(text, trialStatuses)} (one of ${trialStatuses.join(", ")})`,
    { details: { value: text, accepted: trialStatuses } },
  );
}
