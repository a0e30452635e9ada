import type {
  DatabaseMerge,
  DifferencePolicy,
  MergedExperiment,
} from "../storage/transfer/merge/merge.ts";
import { formatValue } from "./format-value.ts";
import { formatCount, plural } from "./plural.ts";
import { labelOf } from "../storage/transfer/progress.ts";

/** So many differences are shown; `--json` has more. */
const shown = 20;

/** What became of experiments that were merged, and which trials differ, a line each. */
export function describeMerge(
  { experiments, differences, differenceCount }: DatabaseMerge,
  policy: DifferencePolicy = "keep",
): readonly string[] {
  const lines = experiments.map((one) => `${labelOf(one)}: ${describeOne(one)}`);
  if (differenceCount === 0) return lines;
  const kept = policy === "take" ? "the secondary's were taken" : "the primary's were kept";
  const told = differences.slice(0, shown).map(({ experiment, number, primary, secondary }) => {
    return `  ${experiment}#${String(number)}: ${formatValue(primary)} and ${formatValue(secondary)}`;
  });
  const more = differenceCount - told.length;
  return [
    ...lines,
    `${plural(differenceCount, "trial")} completed with different results; ${kept}:`,
    ...told,
    ...(more > 0 ? [`  … and ${formatCount(more)} more`] : []),
  ];
}

function describeOne({ outcome, added, taken }: MergedExperiment): string {
  if (outcome === "moved") return `new, with ${plural(added, "trial")}`;
  if (added + taken === 0) return "nothing new";
  const parts = [
    ...(added > 0 ? [`${plural(added, "trial")} added`] : []),
    ...(taken > 0 ? [`results of ${plural(taken, "trial")} taken`] : []),
  ];
  return parts.join(", ");
}
