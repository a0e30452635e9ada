import { findTrial } from "../../../analysis/find-trial.ts";
import { experimentLabel, trialLabel } from "../../../analysis/trial-label.ts";
import { AssayError } from "../../../errors/assay-error.ts";
import type { Experiment } from "../../../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../../../model/status.ts";
import { mayAdminister } from "../../../model/transitions.ts";
import type { Trial } from "../../../model/trial.ts";
import type { TrialUpdate } from "../../../storage/administration.ts";
import type { Storage } from "../../../storage/storage.ts";
import { exitCodes } from "../../exit-codes.ts";
import { plural } from "../../plural.ts";
import { processQuestions, type Questions } from "../../questions.ts";
import { readStatuses } from "../../read-statuses.ts";
import { withStorage } from "../../storage-option.ts";
import type { Terminal } from "../../terminal.ts";
import { parseChanges, parseSelection, type Selection } from "../../trial-selection.ts";
import type { Verb } from "../../verb.ts";

interface SetFlags {
  readonly status?: readonly TrialStatus[];
  readonly dryRun?: boolean;
}

type Update = TrialUpdate & { readonly status: TrialStatus };
type CountsByStatus = Readonly<Partial<Record<TrialStatus, number>>>;

/** What was changed, or with a dry run would be. */
interface Outcome {
  readonly experiment: string;
  readonly changed: number;
  readonly left: number;
  /** Those that were left, by the status that they have. */
  readonly leftByStatus: CountsByStatus;
}

export const verb: Verb<SetFlags> = {
  options: {
    status: {
      flag: "--status STATUS",
      says: "only trials in this state, in the place of a selection; several with commas",
      read: readStatuses,
    },
    dryRun: { flag: "--dry-run", says: "count what would be changed, and change nothing" },
  },
  examples: [
    ["assay db set penguins '#3' status=new", "one trial, to be run again"],
    ["assay db set penguins status=broken status=new", "all that are broken"],
    [
      "assay db set penguins '*' status=suspended",
      "every trial that may be; says how many were left",
    ],
    [
      `assay db set penguins 3f2a status=completed results='{"loss":0.3}'`,
      "with results from elsewhere",
    ],
  ],
  async run({ args: [name = "", ...words], flags, globals, terminal }) {
    const { selection, update } = readWords(words, flags.status);
    const questions = processQuestions(globals);
    try {
      return await withStorage(globals, async (storage) => {
        const experiment = await storage.getExperiment(name);
        const outcome =
          selection.kind === "id" || selection.kind === "number"
            ? await setOne(storage, experiment, selection, update, flags.dryRun === true)
            : await setMany({ storage, experiment, update, questions, terminal }, selection, flags);
        if (outcome === undefined) {
          terminal.note("Nothing was changed");
          return exitCodes.error;
        }
        if (globals.json === true) await terminal.writeJson({ ...outcome, to: update.status });
        else for (const line of describe(outcome, update, flags)) terminal.note(line);
        return exitCodes.done;
      });
    } finally {
      questions.close();
    }
  },
};

/** With `--status` the words are changes only, unless they begin with `*`. */
function readWords(
  words: readonly string[],
  statuses: readonly TrialStatus[] | undefined,
): { readonly selection: Selection; readonly update: Update } {
  const [first, ...rest] = words;
  if (statuses !== undefined) {
    const changes = first === "*" ? rest : words;
    return { selection: { kind: "statuses", statuses }, update: parseChanges(changes) };
  }
  if (first === undefined || rest.length === 0) {
    throw new AssayError(
      "USAGE",
      "Which trials, and what they become: assay db set EXPERIMENT TRIALS status=STATUS, as in '*' status=new",
    );
  }
  return { selection: parseSelection(first), update: parseChanges(rest) };
}

/** Changes one trial; what may not be done to it is an error. */
async function setOne(
  storage: Storage,
  experiment: Experiment,
  selection: Extract<Selection, { readonly kind: "id" | "number" }>,
  update: Update,
  dryRun: boolean,
): Promise<Outcome> {
  const trial =
    selection.kind === "number"
      ? await storage.getTrialByNumber(experiment, selection.number)
      : await trialOf(storage, experiment, selection.id);
  const label = experimentLabel(experiment);
  const done = { experiment: label, changed: 1, left: 0, leftByStatus: {} };
  if (dryRun) {
    if (mayAdminister(trial.status, update.status)) return done;
    return { ...done, changed: 0, left: 1, leftByStatus: { [trial.status]: 1 } };
  }
  await storage.updateTrial(trial.id, update);
  return done;
}

/** The trial of an id, which has to be of the experiment. */
async function trialOf(storage: Storage, experiment: Experiment, id: string): Promise<Trial> {
  const found = await findTrial(storage, id);
  if (found.experiment.id === experiment.id) return found.trial;
  throw new AssayError(
    "NOT_FOUND",
    `Trial ${id} is ${trialLabel(found.experiment, found.trial)}, and none of ${experimentLabel(experiment)}`,
    { details: { id } },
  );
}

interface Setting {
  readonly storage: Storage;
  readonly experiment: Experiment;
  readonly update: Update;
  readonly questions: Questions;
  readonly terminal: Terminal;
}

/** Changes those that may be. Those that have the status already stay as they are, and are no part of it. */
async function setMany(
  { storage, experiment, update, questions, terminal }: Setting,
  selection: Extract<Selection, { readonly kind: "statuses" | "all" }>,
  { dryRun }: SetFlags,
): Promise<Outcome | undefined> {
  const selected = selection.kind === "all" ? trialStatuses : selection.statuses;
  const statuses = selected.filter((status) => status !== update.status);
  const label = experimentLabel(experiment);
  const expected = await expectedOutcome(storage, experiment, statuses, update.status);
  const outcome = { experiment: label, ...expected };
  if (dryRun === true || outcome.changed === 0) return outcome;
  const question = `Make ${plural(outcome.changed, "trial")} of ${label} ${update.status}?`;
  if (!(await questions.confirm(question))) return undefined;
  try {
    const onProgress = (trials: number): void =>
      terminal.progress(`Changing: ${String(trials)} trials of ${label}`);
    const where = { status: { $in: statuses } };
    const done = await storage.updateTrials(experiment, update, where, { onProgress });
    return { experiment: label, ...done };
  } finally {
    terminal.endProgress();
  }
}

async function expectedOutcome(
  storage: Storage,
  experiment: Experiment,
  statuses: readonly TrialStatus[],
  to: TrialStatus,
): Promise<Omit<Outcome, "experiment">> {
  let changed = 0;
  let left = 0;
  const leftByStatus: Partial<Record<TrialStatus, number>> = {};
  for (const status of statuses) {
    const count = await storage.countTrials(experiment, status);
    if (mayAdminister(status, to)) changed += count;
    else if (count > 0) {
      left += count;
      leftByStatus[status] = count;
    }
  }
  return { changed, left, leftByStatus };
}

function describe(
  { experiment, changed, left, leftByStatus }: Outcome,
  { status: to }: Update,
  { dryRun }: SetFlags,
): readonly string[] {
  const done = dryRun === true ? "Would make" : "Made";
  const reasons = Object.entries(leftByStatus).map(([from, count]) => {
    const isLegal = mayAdminister(from as TrialStatus, to);
    const why = isLegal ? "changed meanwhile" : `${from} to ${to} is not a change that may be made`;
    return `  ${String(count)} ${from}: ${why}`;
  });
  const rest = left === 0 ? [] : [`Left ${plural(left, "trial")} as they are:`, ...reasons];
  return [`${done} ${plural(changed, "trial")} of ${experiment} ${to}`, ...rest];
}
