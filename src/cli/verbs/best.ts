import { experimentLabel, trialLabel } from "../../analysis/trial-label.ts";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { nextCommand } from "../next-command.ts";
import { withStorage } from "../storage-option.ts";
import { summarizeTrial } from "../trial-text.ts";
import type { NoFlags, Verb } from "../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay best penguins", "by the experiment's objective"],
    ["assay best penguins --json | jq .params", "its parameters, for another program"],
  ],
  async run({ args: [name = ""], globals, terminal }) {
    const { experiment, trial } = await withStorage(globals, async (storage) => {
      const found = await storage.getExperiment(name);
      return { experiment: found, trial: await storage.bestTrial(found) };
    });
    if (trial === undefined) {
      throw new AssayError(
        "NOT_FOUND",
        `No trial of "${experimentLabel(experiment)}" is completed yet, so none is the best`,
        { details: { name: experiment.name } },
      );
    }
    if (globals.json === true) await terminal.writeJson(toTrialRow(trial));
    else {
      await terminal.write(summarizeTrial(experiment, trial, terminal.style));
      terminal.note(`\n${nextCommand(globals, "trial", trialLabel(experiment, trial))}`);
    }
    return undefined;
  },
};
