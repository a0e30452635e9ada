import type { TrialCounts } from "../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../model/status.ts";
import { styleOfStatus } from "./status-style.ts";
import type { Cell } from "./table.ts";

/** The states that some of the counts have trials in, and completed in any case. */
export function countTitles(all: readonly TrialCounts[]): readonly TrialStatus[] {
  return trialStatuses.filter(
    (status) => status === "completed" || all.some((counts) => counts[status] > 0),
  );
}

/** The counts of one experiment below `countTitles`. */
export function countCells(counts: TrialCounts, all: readonly TrialCounts[]): readonly Cell[] {
  return countTitles(all).map((status) => {
    const style = counts[status] > 0 ? styleOfStatus(status) : "dim";
    const cell = { text: String(counts[status]), isNumber: true };
    return style === undefined ? cell : { ...cell, style };
  });
}

/** The counts in a line: `30 completed, 2 broken, 4 new`. */
export function countsLine(counts: TrialCounts): string {
  const order: readonly TrialStatus[] = ["completed", ...trialStatuses];
  const named = [...new Set(order)].filter((status) => counts[status] > 0);
  return named.map((status) => `${String(counts[status])} ${status}`).join(", ") || "none";
}
