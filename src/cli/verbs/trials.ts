import { selectTrials, type SelectedTrials } from "../../storage/selection/select-trials.ts";
import { allColumns, collectFoundNames } from "../../analysis/trial-columns.ts";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { AssayError } from "../../errors/assay-error.ts";
import type { TrialStatus } from "../../model/status.ts";
import type { Experiment } from "../../model/experiment.ts";
import type { Trial } from "../../model/trial.ts";
import { spaceFromDefinition } from "../../space/create-space.ts";
import type { Storage } from "../../storage/storage.ts";
import { readText, readWhole } from "../option-readers.ts";
import {
  chosenFormat,
  readFormat,
  writeCsv,
  writeJsonArray,
  writeJsonLines,
  type RowFormat,
} from "../print-rows.ts";
import { readStatuses } from "../read-statuses.ts";
import { withStorage } from "../storage-option.ts";
import { printTrialTable } from "../trial-table.ts";
import type { Invocation, Verb } from "../verb.ts";

interface TrialsFlags {
  readonly status?: readonly TrialStatus[];
  readonly where?: string;
  readonly sort?: string;
  readonly desc?: boolean;
  readonly limit?: number;
  readonly format?: RowFormat;
}

export const verb: Verb<TrialsFlags> = {
  options: {
    status: {
      flag: "--status STATUS",
      says: "only trials in this state; several with commas: broken,interrupted",
      read: readStatuses,
    },
    where: {
      flag: "--where EXPRESSION",
      says: "only trials for which this holds: parameters, results, metrics and fields by name",
      read: readText,
    },
    sort: {
      flag: "--sort NAME",
      says: "order by a parameter, result, metric or field (default: number)",
      read: readText,
    },
    desc: { flag: "--desc", says: "largest first" },
    limit: { flag: "--limit N", says: "at most so many", read: readWhole(0) },
    format: {
      flag: "--format FORMAT",
      says: "table (default; 50 rows), json, jsonl or csv",
      read: readFormat,
    },
  },
  examples: [
    ["assay trials penguins --sort accuracy --desc --limit 10", "the ten best"],
    [`assay trials penguins --where "lr < 0.1 and accuracy > 0.9"`, "those that match"],
    ["assay trials penguins --status broken", "what failed, and why"],
    ["assay trials penguins --format csv > penguins.csv", "all of it, for other programs"],
  ],
  async run(invocation) {
    const { args, flags, globals } = invocation;
    const { status, where, sort, desc, limit } = flags;
    const format = chosenFormat(flags.format, globals.json);
    if (desc === true && sort === undefined) {
      throw new AssayError("USAGE", "--desc needs --sort NAME, to say what is largest");
    }
    await withStorage(globals, async (storage) => {
      const experiment = await storage.getExperiment(args[0] ?? "");
      const selected = await selectTrials(storage, experiment, {
        ...(status === undefined ? {} : { statuses: status }),
        ...(where === undefined ? {} : { where }),
        ...(sort === undefined ? {} : { order: { name: sort, descending: desc === true } }),
        ...(limit === undefined ? {} : { limit }),
      });
      await print(invocation, format, storage, experiment, selected);
    });
    return undefined;
  },
};

async function print(
  { flags, globals, terminal }: Invocation<TrialsFlags>,
  format: RowFormat,
  storage: Storage,
  experiment: Experiment,
  selected: SelectedTrials,
): Promise<void> {
  const trials = (): AsyncGenerator<Trial, void> => selected.trials();
  if (format === "json") await writeJsonArray(terminal, rows(trials()));
  else if (format === "jsonl") await writeJsonLines(terminal, rows(trials()));
  else if (format === "csv") {
    const space = spaceFromDefinition(experiment.space);
    const columns = allColumns(space, await collectFoundNames(trials()));
    await writeCsv(terminal, columns, trials());
  } else {
    const { status, where, limit } = flags;
    const isAll = status === undefined && where === undefined && limit === undefined;
    await printTrialTable({ terminal, globals, storage, experiment, selected, isAll, limit });
  }
}

async function* rows(trials: AsyncIterable<Trial>): AsyncGenerator<unknown, void> {
  for await (const trial of trials) yield toTrialRow(trial);
}
