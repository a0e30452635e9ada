import { parseExperimentName } from "../../model/experiment.ts";
import { unknownExperiment } from "../unknown-experiment.ts";
import type { SourceExperiment, TransferSource } from "./parts.ts";

/**
 * The experiments of a source that are named, as `name@2` or, in all versions, as `name`; all of them without
 * names. Throws `NOT_FOUND` for a name that is not there.
 */
export function chooseExperiments(
  { experiments, location }: TransferSource,
  names: readonly string[] = [],
): readonly SourceExperiment[] {
  if (names.length === 0) return experiments;
  const chosen = new Set<SourceExperiment>();
  for (const text of names) {
    const { name, version } = parseExperimentName(text);
    const found = experiments.filter(
      (one) => one.name === name && (version === undefined || one.version === version),
    );
    if (found.length === 0) throw unknownExperiment(text, experiments, location);
    for (const one of found) chosen.add(one);
  }
  return experiments.filter((experiment) => chosen.has(experiment));
}
