import { AssayError } from "../../../errors/assay-error.ts";
import type { Query } from "../../../database/contract.ts";
import { parseExperimentName, type Experiment } from "../../../model/experiment.ts";
import type { TrialStatus } from "../../../model/status.ts";
import type { Storage } from "../../../storage/storage.ts";
import { exitCodes } from "../../exit-codes.ts";
import { processQuestions, type Questions } from "../../questions.ts";
import { readStatuses } from "../../read-statuses.ts";
import { readHoldings, removalTree, versionLabel, type Holding } from "../../removal-tree.ts";
import { plural } from "../../plural.ts";
import { withStorage } from "../../storage-option.ts";
import type { Terminal } from "../../terminal.ts";
import { removeUnfinishedTransfers } from "../../remove-unfinished.ts";
import type { Verb } from "../../verb.ts";

interface RmFlags {
  readonly status?: readonly TrialStatus[];
  readonly unfinished?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** What was deleted of one experiment. */
interface Removal {
  readonly name: string;
  readonly version: number;
  /** Whether the experiment itself went, and not only trials of it. */
  readonly deleted: boolean;
  readonly trials: number;
}

export const verb: Verb<RmFlags> = {
  options: {
    status: {
      flag: "--status STATUS",
      says: "delete only the trials in this state; several with commas: broken,pruned",
      read: readStatuses,
    },
    unfinished: {
      flag: "--unfinished",
      says: "delete what came of experiments whose copy, import or merge was cut off",
    },
    force: { flag: "--force", says: "do not ask for the name to be typed again" },
    dryRun: { flag: "--dry-run", says: "show what would be deleted, and delete nothing" },
  },
  examples: [
    ["assay db rm penguins", "all its versions, after the name was typed again"],
    ["assay db rm penguins@2 --force", "the second version, without a question"],
    ["assay db rm --unfinished", "what a transfer left that was cut off; asks first"],
    ["assay db rm penguins --status broken", "only trials; the next run registers them again"],
  ],
  async run(invocation) {
    const { args, flags, globals, terminal } = invocation;
    if (flags.unfinished === true) return await removeUnfinishedTransfers(invocation);
    const [name] = args;
    if (name === undefined) {
      throw new AssayError("USAGE", "EXPERIMENT is missing: assay db rm EXPERIMENT [options]");
    }
    const { status: statuses, dryRun = false } = flags;
    const questions = processQuestions(globals);
    try {
      return await withStorage(globals, async (storage) => {
        const experiments = await experimentsNamed(storage, name);
        const holdings = await readHoldings(storage, experiments, statuses);
        const isAsked = !dryRun && flags.force !== true && globals.yes !== true;
        if (dryRun && globals.json === true) {
          await terminal.writeJson({ dryRun, experiments: holdings.map(toPlanRow) });
          return exitCodes.done;
        }
        // What else stands on standard error, no program reads.
        const isShown = globals.json !== true || (isAsked && questions.canAsk);
        if (isShown) {
          terminal.note(removalTree(name, holdings, terminal.style));
        }
        if (dryRun) return exitCodes.done;
        if (isAsked) {
          if (isShown) {
            for (const line of consequences(name, statuses, holdings)) terminal.note(line);
          }
          if (!(await isNameTyped(questions, name))) {
            terminal.note("That is another name; nothing was deleted");
            return exitCodes.error;
          }
        }
        const removals = await remove(storage, holdings, statuses, terminal);
        if (globals.json === true) await terminal.writeJson(toJson(removals));
        else terminal.note(describeRemovals(removals));
        return exitCodes.done;
      });
    } finally {
      questions.close();
    }
  },
};

/** The experiment of `name@2`; without a version, all versions of the name. */
async function experimentsNamed(storage: Storage, text: string): Promise<readonly Experiment[]> {
  const found = await storage.getExperiment(text);
  const { version } = parseExperimentName(text);
  if (version !== undefined || found.name !== text) return [found];
  const all = await storage.getExperiments();
  return all.filter((experiment) => experiment.name === found.name);
}

async function isNameTyped(questions: Questions, name: string): Promise<boolean> {
  const question = "To proceed, type again the name of the experiment";
  const read = (text: string): string => text;
  return (await questions.ask(question, { flag: "--force", read })) === name;
}

function toPlanRow({ experiment, trials, stored, runs }: Holding): object {
  const { name, version } = experiment;
  return { name, version, trials, stored, runs };
}

function consequences(
  name: string,
  statuses: readonly TrialStatus[] | undefined,
  holdings: readonly Holding[],
): readonly string[] {
  const running = holdings.reduce((sum, { trials }) => sum + (trials.reserved ?? 0), 0);
  return [
    "",
    statuses === undefined
      ? "All experiments above and their trials will be deleted."
      : `The ${statuses.join(" and ")} trials of all experiments above will be deleted; the next run of a grid registers them again.`,
    ...(holdings.length > 1
      ? [`To select a version, name it: ${name}@${String(holdings[0]?.experiment.version)}.`]
      : []),
    ...(statuses === undefined ? ["To delete trials only, use --status STATUS."] : []),
    ...(running > 0
      ? [
          `${plural(running, "trial")} of them may be running: what their workers write from then on is refused.`,
        ]
      : []),
    "",
  ];
}

async function remove(
  storage: Storage,
  holdings: readonly Holding[],
  statuses: readonly TrialStatus[] | undefined,
  terminal: Terminal,
): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  try {
    for (const { experiment, stored } of holdings) {
      const { name, version } = experiment;
      const onProgress = (trials: number): void =>
        terminal.progress(`Deleting: ${String(trials)} trials of ${versionLabel(experiment)}`);
      if (statuses === undefined) {
        terminal.progress(`Deleting ${versionLabel(experiment)}`);
        const deleted = (await storage.deleteExperiment(experiment)) > 0;
        removals.push({ name, version, deleted, trials: deleted ? stored : 0 });
      } else {
        const where: Query = { status: { $in: [...statuses] } };
        const trials = await storage.deleteTrials(experiment, where, { onProgress });
        removals.push({ name, version, deleted: false, trials });
      }
    }
  } finally {
    terminal.endProgress();
  }
  return removals;
}

function toJson(removals: readonly Removal[]): object {
  return {
    deletedExperiments: removals.filter(({ deleted }) => deleted).length,
    deletedTrials: removals.reduce((sum, { trials }) => sum + trials, 0),
    experiments: removals,
  };
}

function describeRemovals(removals: readonly Removal[]): string {
  const trials = removals.reduce((sum, removal) => sum + removal.trials, 0);
  const experiments = removals.filter(({ deleted }) => deleted).length;
  const with_ = experiments === 0 ? "" : `${plural(experiments, "experiment")} with `;
  return `Deleted ${with_}${plural(trials, "trial")}`;
}
