import type { Experiment } from "../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../model/status.ts";
import type { Storage } from "../storage/storage.ts";
import { formatTime } from "./format-value.ts";
import { plural } from "./plural.ts";
import type { Style } from "./style.ts";

/** What is stored of an experiment that is to be deleted, or some trials of it. */
export interface Holding {
  readonly experiment: Experiment;
  /** Its stored trials. */
  readonly stored: number;
  /** Those that go, by status. */
  readonly trials: Readonly<Partial<Record<TrialStatus, number>>>;
  readonly runs: number;
}

/** Counts what goes of experiments: of those in some states, or of all. */
export async function readHoldings(
  storage: Storage,
  experiments: readonly Experiment[],
  statuses: readonly TrialStatus[] = trialStatuses,
): Promise<readonly Holding[]> {
  const holdings: Holding[] = [];
  for (const experiment of experiments) {
    const trials: Partial<Record<TrialStatus, number>> = {};
    for (const status of trialStatuses) {
      if (!statuses.includes(status)) continue;
      const count = await storage.countTrials(experiment, status);
      if (count > 0) trials[status] = count;
    }
    const stored = await storage.countTrials(experiment);
    const runs = (await storage.getRuns(experiment)).length;
    holdings.push({ experiment, stored, trials, runs });
  }
  return holdings;
}

/** An experiment with its version, also where that is the first. */
export function versionLabel({ name, version }: Experiment): string {
  return `${name}@${String(version)}`;
}

/** The versions of a name, a line each, with what goes of them. */
export function removalTree(name: string, holdings: readonly Holding[], style: Style): string {
  const width = Math.max(...holdings.map(({ experiment }) => versionLabel(experiment).length));
  const lines = holdings.map((holding, i) => {
    const label = versionLabel(holding.experiment).padEnd(width);
    const branch = i === holdings.length - 1 ? "└─" : "├─";
    const start = holdings.length === 1 ? "" : `${style("dim", branch)} `;
    return `${start}${style("bold", label)}  ${contents(holding)}`;
  });
  return [...(holdings.length === 1 ? [] : [style("bold", name)]), ...lines].join("\n");
}

function contents({ experiment, stored, trials, runs }: Holding): string {
  const counts = Object.entries(trials).map(([status, count]) => `${String(count)} ${status}`);
  const going = Object.values(trials).reduce((sum, count) => sum + count, 0);
  const states = counts.join(", ") || "none";
  const shown =
    going === stored
      ? `${plural(stored, "trial")}: ${states}`
      : `${states} of ${plural(stored, "trial")}`;
  const all = stored === 0 ? "no trials" : shown;
  return [all, plural(runs, "run"), `created ${formatTime(experiment.createdAt)}`].join(" · ");
}
