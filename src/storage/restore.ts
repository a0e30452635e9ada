import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { describeDifference } from "../space/difference.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import { equalValues } from "../values/compare.ts";
import type { ExperimentSpec } from "./experiment-spec.ts";

/** Whether a stored experiment has the canonical space and the objectives of a definition. */
export function isSameDefinition(stored: Experiment, spec: ExperimentSpec): boolean {
  return (
    stored.spaceHash === spec.space.hash && equalValues(stored.objectives, spec.objectives ?? [])
  );
}

/** The error of a definition that differs from the one stored under its name, with what differs. */
export function describeConflict(stored: Experiment, spec: ExperimentSpec): AssayError {
  const differences = describeDifference(spaceFromDefinition(stored.space), spec.space);
  const objectives = spec.objectives ?? [];
  if (!equalValues(stored.objectives, objectives)) {
    const text = (list: typeof objectives): string =>
      list.map(({ name, direction }) => `${direction} ${name}`).join(", ") || "none";
    differences.push(`objective: ${text(stored.objectives)} became ${text(objectives)}`);
  }
  return new AssayError(
    "CONFLICT",
    `Found existing experiment with name "${stored.name}", but with different parameters. Use a different name.`,
    { details: { name: stored.name, version: stored.version, differences } },
  );
}
