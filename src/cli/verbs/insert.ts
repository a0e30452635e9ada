import { trialLabel } from "../../analysis/trial-label.ts";
import { toTrialRow } from "../../analysis/trial-row.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { parseAssignments } from "../../execution/narrowing.ts";
import { spaceFromDefinition } from "../../space/create-space.ts";
import type { OptionReader } from "../option-readers.ts";
import { withStorage } from "../storage-option.ts";
import { paramsLine } from "../status-text.ts";
import type { Verb } from "../verb.ts";

interface InsertFlags {
  readonly results?: unknown;
}

const readJson: OptionReader<unknown> = (text, flag) => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AssayError("USAGE", `${flag} takes JSON such as '{"loss":0.3}', not "${text}"`, {
      cause: error,
    });
  }
};

export const verb: Verb<InsertFlags> = {
  options: {
    results: {
      flag: "--results JSON",
      says: "complete the trial with these results, known from elsewhere",
      read: readJson,
    },
  },
  examples: [
    ["assay insert penguins hidden=12 learningRate=0.02", "for the next run to execute"],
    [`assay insert parabola x=0.5 --results '{"y":0.25}'`, "completed already"],
  ],
  async run({ args: [name = "", ...texts], flags, globals, terminal }) {
    const { trial, experiment } = await withStorage(globals, async (storage) => {
      const found = await storage.getExperiment(name);
      const values = parseAssignments(spaceFromDefinition(found.space), texts);
      const { results } = flags;
      const options = results === undefined ? {} : { results };
      return {
        trial: await storage.registerTrial(found, nested(values), options),
        experiment: found,
      };
    });
    if (globals.json === true) await terminal.writeJson(toTrialRow(trial));
    else {
      const then = trial.status === "new" ? "; the next run executes it" : "";
      terminal.note(
        `Inserted ${trialLabel(experiment, trial)} (${paramsLine(trial)}): ${trial.status}${then}`,
      );
    }
    return undefined;
  },
};

/** Values by dotted name as nested parameters. */
function nested(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    let target = root;
    for (const key of keys) target = (target[key] ??= {}) as Record<string, unknown>;
    target[last] = value;
  }
  return root;
}
