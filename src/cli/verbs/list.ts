import { experimentLabel } from "../../analysis/trial-label.ts";
import { listExperiments, plannedTrials, progressOf } from "../../analysis/experiment-status.ts";
import { toExperimentRow } from "../../analysis/status-row.ts";
import { withoutPassword } from "../../util/url-password.ts";
import { formatPercent } from "../format-value.ts";
import { countCells, countTitles } from "../count-columns.ts";
import { storageUrl, withStorage } from "../storage-option.ts";
import { renderTable } from "../table.ts";
import type { NoFlags, Verb } from "../verb.ts";
import { formatTime } from "../format-value.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay list", "the experiments of this folder's storage"],
    ["assay list --storage runs/all.db --json", "those of another one, as JSON"],
  ],
  async run({ globals, terminal }) {
    const overviews = await withStorage(globals, listExperiments);
    if (globals.json === true) {
      await terminal.writeJson(overviews.map(toExperimentRow));
      return undefined;
    }
    if (overviews.length === 0) {
      terminal.note(
        `No experiments in ${withoutPassword(await storageUrl(globals))} yet; "assay run FILE" adds one`,
      );
      return undefined;
    }
    const counts = overviews.map(({ trials }) => trials);
    const rows = overviews.map(({ experiment, trials }) => {
      const planned = plannedTrials(experiment, trials);
      return [
        { text: experimentLabel(experiment) },
        { text: formatTime(experiment.createdAt) },
        { text: planned === null ? "" : String(planned), isNumber: true },
        { text: formatPercent(progressOf(experiment, trials)), isNumber: true },
        ...countCells(trials, counts),
      ];
    });
    const titles = ["experiment", "created (UTC)", "trials", "done", ...countTitles(counts)];
    const { width, style } = terminal;
    await terminal.write(renderTable({ titles, rows }, { width, style }).text);
    return undefined;
  },
};
