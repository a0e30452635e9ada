import { toDisplay } from "../../values/display.ts";
import type { TrialContext } from "../trial-context.ts";

/** The exit code by which a command says that it was interrupted; a shell's for SIGINT. */
export const interruptCode = 130;

/** One start of a command. */
export interface CommandCall {
  readonly experiment: { readonly name: string; readonly version: number };
  readonly trial: TrialContext;
  /** Where it writes its results, and its metrics as it goes. */
  readonly resultsPath: string;
  readonly metricsPath: string;
  /** Where its copy of the configuration file is, if it has one. */
  readonly templatePath: string | undefined;
}

/** What a command finds in its environment about its trial. docs/guides/commands.md explains each. */
export function commandEnvironment(call: CommandCall): Readonly<Record<string, string>> {
  const { experiment, trial, resultsPath, metricsPath, templatePath } = call;
  return {
    ASSAY_EXPERIMENT_NAME: experiment.name,
    ASSAY_EXPERIMENT_VERSION: String(experiment.version),
    ASSAY_TRIAL_ID: trial.id,
    ASSAY_TRIAL_NUMBER: String(trial.number),
    ASSAY_TRIAL_ATTEMPT: String(trial.attempt),
    ASSAY_TRIAL_SEED: String(trial.seed),
    ASSAY_TRIAL_DIRECTORY: trial.directory,
    ASSAY_PARAMS: JSON.stringify(toDisplay(trial.params)),
    ASSAY_RESULTS_PATH: resultsPath,
    ASSAY_METRICS_PATH: metricsPath,
    ...(templatePath === undefined ? {} : { ASSAY_TEMPLATE_PATH: templatePath }),
    ASSAY_INTERRUPT_CODE: String(interruptCode),
  };
}
