import { experimentLabel } from "../../../analysis/trial-label.ts";
import { databaseStats } from "../../../storage/database-stats.ts";
import type { DatabaseStats, ExperimentStats } from "../../../storage/stats/stats.ts";
import { countCells, countTitles } from "../../count-columns.ts";
import { formatBytes } from "../../format-value.ts";
import { renderFields } from "../../sections.ts";
import { withStorage } from "../../storage-option.ts";
import { renderTable, type Cell } from "../../table.ts";
import type { Terminal } from "../../terminal.ts";
import type { NoFlags, Verb } from "../../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db stats", "how much each experiment holds, and the size of the file"],
    ["assay db stats --json | jq .fileBytes", "as JSON"],
  ],
  async run({ globals, terminal }) {
    const stats = await withStorage(globals, async (storage) => {
      try {
        return await databaseStats(storage, {
          onProgress: (documents) =>
            terminal.progress(`Counting: ${documents.toLocaleString("en-US")} documents`),
        });
      } finally {
        terminal.endProgress();
      }
    });
    if (globals.json === true) await terminal.writeJson(stats);
    else await terminal.write(`${describeDatabase(stats, terminal)}${tables(stats, terminal)}`);
    return undefined;
  },
};

function describeDatabase(stats: DatabaseStats, { style }: Terminal): string {
  const { location, product, schema, fileBytes, experiments, deleted, code } = stats;
  return renderFields(
    [
      ["database", location],
      ["kind", product ?? undefined],
      ["schema", String(schema)],
      ["on disk", fileBytes === null ? undefined : formatBytes(fileBytes)],
      ["experiments", String(experiments.length)],
      ["to be swept", deleted === 0 ? undefined : String(deleted)],
      ["bundles", code === 0 ? undefined : String(code)],
    ],
    style,
  );
}

function tables({ experiments }: DatabaseStats, { style, width }: Terminal): string {
  if (experiments.length === 0) return "";
  const counts = experiments.map(({ trials }) => trials);
  const states = {
    titles: ["experiment", "stored", ...countTitles(counts)],
    rows: experiments.map((experiment) => [
      label(experiment),
      number(experiment.stored),
      ...countCells(experiment.trials, counts),
    ]),
  };
  const contents = {
    titles: [
      "experiment",
      "runs",
      "attempts",
      "metrics",
      "snapshots",
      "artifacts",
      "blobs",
      "size",
    ],
    rows: experiments.map((experiment) => [
      label(experiment),
      number(experiment.runs),
      number(experiment.attempts),
      number(experiment.metrics),
      number(experiment.snapshots),
      number(experiment.artifacts),
      number(experiment.blobs),
      { text: formatBytes(experiment.bytes), isNumber: true },
    ]),
  };
  return [states, contents]
    .map((table) => `\n${renderTable(table, { width, style }).text}`)
    .join("");
}

function label(experiment: ExperimentStats): Cell {
  return { text: experimentLabel(experiment) };
}

function number(value: number): Cell {
  return { text: String(value), isNumber: true };
}
