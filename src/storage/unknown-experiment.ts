import { AssayError } from "../errors/assay-error.ts";
import { parseExperimentName } from "../model/experiment.ts";
import { didYouMean } from "../util/nearest.ts";

/** The error for an experiment that is not among those that there are: with its versions, or the nearest name. */
export function unknownExperiment(
  asked: string,
  known: readonly { readonly name: string; readonly version: number }[],
  location: string,
): AssayError {
  const names = [...new Set(known.map(({ name }) => name))];
  const { name } = parseExperimentName(asked);
  const versions = known.filter((one) => one.name === name).map(({ version }) => version);
  const hint =
    versions.length > 0 ? `; it has ${describeVersions(versions)}` : nearestOf(asked, names);
  return new AssayError("NOT_FOUND", `No experiment "${asked}" in ${location}${hint}`, {
    details: { name: asked, accepted: names },
  });
}

function describeVersions(versions: readonly number[]): string {
  const sorted = [...versions].sort((a, b) => a - b).slice(-10);
  return `${sorted.length === 1 ? "version" : "versions"} ${sorted.join(", ")}`;
}

function nearestOf(asked: string, names: readonly string[]): string {
  if (names.length === 0) return "; the storage holds none";
  return didYouMean(asked, names) || ` (${names.slice(0, 10).join(", ")})`;
}
