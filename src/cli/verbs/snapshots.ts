import { findTrial } from "../../analysis/find-trial.ts";
import { trialLabel } from "../../analysis/trial-label.ts";
import { formatBytes, formatTime, formatValue } from "../format-value.ts";
import { toSnapshotRow } from "../snapshot-row.ts";
import { withStorage } from "../storage-option.ts";
import { renderTable } from "../table.ts";
import type { NoFlags, Verb } from "../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay snapshots penguins#3", "newest first"],
    ["assay snapshots penguins#3 --json | jq '.[0].state'", "the state to continue from"],
  ],
  async run({ args: [text = ""], globals, terminal }) {
    const { snapshots, label } = await withStorage(globals, async (storage) => {
      const { trial, experiment } = await findTrial(storage, text);
      return {
        snapshots: await storage.getSnapshots(trial.id),
        label: trialLabel(experiment, trial),
      };
    });
    if (globals.json === true) await terminal.writeJson(snapshots.map(toSnapshotRow));
    else if (snapshots.length === 0) terminal.note(`${label} has no snapshots`);
    else {
      const rows = snapshots.map(({ number, label: name, attempt, createdAt, bytes, state }) => [
        { text: String(number), isNumber: true },
        { text: formatValue(name) },
        { text: String(attempt), isNumber: true },
        { text: formatTime(createdAt) },
        { text: formatBytes(bytes), isNumber: true },
        { text: formatValue(state) },
      ]);
      const titles = ["number", "label", "attempt", "saved (UTC)", "size", "state"];
      const { width, style } = terminal;
      await terminal.write(renderTable({ titles, rows }, { width, style }).text);
    }
    return undefined;
  },
};
