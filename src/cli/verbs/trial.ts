import { findTrial } from "../../analysis/find-trial.ts";
import { trialLabel } from "../../analysis/trial-label.ts";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { nextCommand } from "../next-command.ts";
import { withStorage } from "../storage-option.ts";
import { describeTrial, type TrialDetails } from "../trial-text.ts";
import type { Storage } from "../../storage/storage.ts";
import type { MetricPoint } from "../../model/trial.ts";
import type { NoFlags, Verb } from "../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay trial penguins#3", "the trial with number 3"],
    ["assay trial 5f2c90", "by its id, or the beginning of it"],
    ["assay trial penguins#3 --json", "with its attempts, metrics, snapshots and artifacts"],
  ],
  async run({ args: [text = ""], globals, terminal }) {
    const details = await withStorage(globals, async (storage) => await readDetails(storage, text));
    if (globals.json === true) {
      const { trial, attempts, metrics, snapshots, artifacts } = details;
      await terminal.writeJson({
        ...toTrialRow(trial),
        attempts,
        metrics,
        snapshots,
        artifacts,
      });
    } else {
      const logs = nextCommand(globals, "logs", trialLabel(details.experiment, details.trial));
      await terminal.write(describeTrial(details, terminal, logs));
    }
    return undefined;
  },
};

async function readDetails(storage: Storage, text: string): Promise<TrialDetails> {
  const { trial, experiment } = await findTrial(storage, text);
  const metrics: MetricPoint[] = [];
  for await (const point of storage.getMetrics(experiment, { number: trial.number })) {
    metrics.push(point);
  }
  const attempts = await storage.getAttempts(trial.id);
  const last = attempts.at(-1);
  const isFailed = last?.status === "broken" || last?.status === "lost";
  const isReserved = trial.status === "reserved";
  const lost = isReserved ? await storage.fetchLostTrials(experiment) : [];
  return {
    trial,
    isLost: lost.some(({ id }) => id === trial.id),
    experiment,
    metrics,
    attempts,
    failedOutput: isFailed ? await storage.getOutput(trial.id, last.attempt) : undefined,
    snapshots: await storage.listSnapshots(trial.id),
    artifacts: await storage.getArtifacts(trial.id),
  };
}
