import { countsLine } from "../count-columns.ts";
import { experimentLabel } from "../../analysis/trial-label.ts";
import { formatTime, formatValue, oneLine } from "../format-value.ts";
import { renderFields } from "../sections.ts";
import { runLine } from "../status-text.ts";
import { spaceFromDefinition } from "../../space/create-space.ts";
import type { Experiment } from "../../model/experiment.ts";
import { renderTable } from "../table.ts";
import type { SpaceDimension } from "../../space/space.ts";
import type { Run } from "../../storage/runs.ts";
import { withStorage } from "../storage-option.ts";
import type { NoFlags, Verb } from "../verb.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay show penguins", "its parameters, objective, algorithm and runs"],
    ["assay show penguins@2 --json", "of its second version, as JSON"],
  ],
  async run({ args: [name = ""], globals, terminal }) {
    const { experiment, trials, runs } = await withStorage(globals, async (storage) => {
      const found = await storage.getExperiment(name);
      const [counts, all] = [await storage.countByStatus(found), await storage.getRuns(found)];
      return { experiment: found, trials: counts, runs: all };
    });
    const { dimensions } = spaceFromDefinition(experiment.space);
    if (globals.json === true) {
      const { key: _, position: _p, nextNumber: _n, ...fields } = experiment;
      const parameters = dimensions.map(toParameterRow);
      await terminal.writeJson({ ...fields, parameters, trials, runs });
      return undefined;
    }
    const { style, width } = terminal;
    const rows = dimensions.map((dimension) => [
      { text: dimension.name },
      { text: dimension.description },
      { text: conditionsOf(dimension) },
    ]);
    const titles = ["parameter", "values", rows.some((row) => row[2]?.text) ? "only with" : ""];
    await terminal.write(
      `${style("bold", experimentLabel(experiment))}\n\n${renderFields(
        [
          ["objective", objectiveOf(experiment)],
          ["algorithm", algorithmOf(experiment)],
          ["seed", String(experiment.seed)],
          ["trials", countsLine(trials)],
          ["at most", experiment.maxTrials === null ? undefined : String(experiment.maxTrials)],
          ["created", `${formatTime(experiment.createdAt)} UTC`],
          ["code", experiment.code?.slice(0, 12)],
          ...runs.slice(-5).map((run) => ["run", `${runLine(run)}${notesOf(run)}`] as const),
        ],
        style,
      )}\n${renderTable({ titles, rows }, { width, style }).text}`,
    );
    return undefined;
  },
};

function toParameterRow({ name, description, definition, conditions }: SpaceDimension): object {
  return { name, kind: definition.kind, description, conditions: Object.fromEntries(conditions) };
}

function notesOf({ notes }: Run): string {
  return notes === null ? "" : `: ${oneLine(notes)}`;
}

function conditionsOf({ conditions }: SpaceDimension): string {
  return [...conditions].map(([key, branch]) => `${key} = ${branch}`).join(", ");
}

function objectiveOf({ objectives }: Experiment): string {
  return objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ") || "none";
}

function algorithmOf({ algorithm: { name, ...options } }: Experiment): string {
  const settings = Object.entries(options).map(([key, value]) => `${key}: ${formatValue(value)}`);
  return settings.length === 0 ? name : `${name} (${settings.join(", ")})`;
}
