import type { MovedExperiment } from "../storage/transfer/arrivals.ts";
import { plural } from "./plural.ts";
import { labelOf } from "../storage/transfer/progress.ts";

/** What became of experiments that were imported or copied, a line each. */
export function describeMoved(experiments: readonly MovedExperiment[]): readonly string[] {
  if (experiments.length === 0) return ["There are no experiments"];
  return experiments.map((experiment) => `${labelOf(experiment)}: ${outcomeOf(experiment)}`);
}

function outcomeOf(experiment: MovedExperiment): string {
  const { name, from, outcome, trials } = experiment;
  const count = plural(trials, "trial");
  switch (outcome) {
    case "moved":
      return count;
    case "overwritten":
      return `${count}, in place of what was there`;
    case "bumped":
      return `${count}, from ${labelOf({ name, version: from })}`;
    case "ignored":
      return "ignored, because another one is there";
    case "present":
      return "there already";
  }
}
