import {
  listExperiments,
  readStatus,
  type ExperimentStatus,
} from "../../analysis/experiment-status.ts";
import { toStatusRow } from "../../analysis/status-row.ts";
import { describeStatus, statusTable } from "../status-text.ts";
import { storageUrl, withStorage } from "../storage-option.ts";
import { nextCommand } from "../next-command.ts";
import { experimentLabel } from "../../analysis/trial-label.ts";
import { withoutPassword } from "../../util/url-password.ts";
import type { Invocation, NoFlags, Verb } from "../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay status", "all experiments: counts, speed, time left"],
    ["assay status penguins", "one of them, with its best trial"],
    ["assay status penguins --json | jq .progress", "from 0 to 1"],
  ],
  async run(invocation) {
    const [name] = invocation.args;
    if (name === undefined) await showAll(invocation);
    else await showOne(invocation, name);
    return undefined;
  },
};

async function showOne({ globals, terminal }: Invocation, name: string): Promise<void> {
  const status = await withStorage(
    globals,
    async (storage) => await readStatus(storage, await storage.getExperiment(name)),
  );
  if (globals.json === true) {
    await terminal.writeJson(toStatusRow(status));
    return;
  }
  await terminal.write(describeStatus(status, terminal));
  terminal.note(`\n${nextCommand(globals, "trials", experimentLabel(status.experiment))}`);
}

async function showAll({ globals, terminal }: Invocation): Promise<void> {
  const all = await withStorage(globals, async (storage) => {
    const statuses: ExperimentStatus[] = [];
    for (const { experiment } of await listExperiments(storage)) {
      statuses.push(await readStatus(storage, experiment));
    }
    return statuses;
  });
  if (globals.json === true) await terminal.writeJson(all.map(toStatusRow));
  else if (all.length > 0) await terminal.write(statusTable(all, terminal));
  else terminal.note(`No experiments in ${withoutPassword(await storageUrl(globals))} yet`);
}
