import type { Experiment } from "../model/experiment.ts";

/** How an experiment is written: its version only where there is more than the first. */
export function experimentLabel({ name, version }: Pick<Experiment, "name" | "version">): string {
  return version === 1 ? name : `${name}@${String(version)}`;
}

/** How a trial is written so that the command line finds it: `penguins#3`. */
export function trialLabel(
  experiment: Pick<Experiment, "name" | "version">,
  { number }: { readonly number: number },
): string {
  return `${experimentLabel(experiment)}#${String(number)}`;
}
