import { AssayError } from "../../errors/assay-error.ts";
import { parseExperimentName } from "../../model/experiment.ts";
import { didYouMean } from "../../util/nearest.ts";
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
    if (found.length === 0) throw unknown(text, experiments, location);
    for (const one of found) chosen.add(one);
  }
  return experiments.filter((experiment) => chosen.has(experiment));
}

function unknown(
  text: string,
  experiments: readonly SourceExperiment[],
  location: string,
): AssayError {
  const names = [...new Set(experiments.map(({ name }) => name))];
  const hint =
    didYouMean(text, names) ||
    (names.length === 0 ? "; it holds none" : ` (${names.slice(0, 10).join(", ")})`);
  return new AssayError("NOT_FOUND", `No experiment "${text}" in ${location}${hint}`, {
    details: { name: text, accepted: names },
  });
}
