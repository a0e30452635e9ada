import { AssayError } from "../../../errors/assay-error.ts";
import type { Experiment } from "../../../model/experiment.ts";
import { spaceFromDefinition } from "../../../space/create-space.ts";
import { toExperiment } from "../../records.ts";
import { describeConflict, isSameDefinition } from "../../restore.ts";
import type { Storage } from "../../storage.ts";
import type { SourceExperiment, TransferSource } from "../parts.ts";
import { labelOf } from "../progress.ts";

/** An experiment that both have. */
export interface Pair {
  readonly source: SourceExperiment;
  readonly secondary: Experiment;
  readonly primary: Experiment;
}

export interface MergePlan {
  /** Those that only the secondary has. */
  readonly unknown: readonly SourceExperiment[];
  readonly pairs: readonly Pair[];
}

/**
 * Which experiments both have, by name and version. Throws `CONFLICT`, naming all, when some are defined in
 * another way; nothing was changed then.
 */
export async function planMerge(
  primary: Storage,
  source: TransferSource,
  chosen: readonly SourceExperiment[],
): Promise<MergePlan> {
  const stored = await primary.getExperiments();
  const unknown: SourceExperiment[] = [];
  const pairs: Pair[] = [];
  for (const one of chosen) {
    const { name, version, document } = one;
    const same = stored.find((other) => other.name === name && other.version === version);
    if (same === undefined) unknown.push(one);
    else pairs.push({ source: one, secondary: toExperiment(document), primary: same });
  }
  const differences = pairs.flatMap((pair) => {
    const lines = differencesOf(pair);
    return lines.length === 0 ? [] : [{ label: labelOf(pair.source), lines }];
  });
  if (differences.length === 0) return { unknown, pairs };
  const names = differences.map(({ label }) => `"${label}"`).join(", ");
  throw new AssayError(
    "CONFLICT",
    `${names} in ${primary.location} and in ${source.location} have different parameters; nothing was changed`,
    {
      details: {
        primary: primary.location,
        secondary: source.location,
        names: differences.map(({ label }) => label),
        differences: differences.flatMap(({ label, lines }) =>
          lines.map((line) => (differences.length === 1 ? line : `${label}: ${line}`)),
        ),
      },
    },
  );
}

function differencesOf({ primary, secondary }: Pair): readonly string[] {
  const { name, objectives } = secondary;
  const spec = { name, objectives, space: spaceFromDefinition(secondary.space) };
  if (isSameDefinition(primary, spec)) return [];
  return describeConflict(primary, spec).details["differences"] as readonly string[];
}
