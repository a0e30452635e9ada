import type { Experiment } from "../model/experiment.ts";
import type { Trial } from "../model/trial.ts";
import type { Run } from "../storage/runs.ts";
import type { Storage } from "../storage/storage.ts";

/** So many trials before those that run now are looked at. */
const lookBack = 500;
/** The rate is that of so many trials that ended last. */
const counted = 100;

/**
 * Trials a second of the runs that go on, from the trials of theirs that ended last. Trials run in the order
 * of their numbers, more or less: those that ended last are right before those that run.
 * Null before the first one ended.
 */
export async function recentRate(
  storage: Storage,
  experiment: Experiment,
  runs: readonly Run[],
): Promise<number | null> {
  const going = new Set(
    runs.filter(({ status }) => status === "running").map((run) => run.reference),
  );
  const [first] = await storage.fetchTrialsByStatus(experiment, "reserved");
  if (going.size === 0 || first === undefined) return null;
  const ended: Trial[] = [];
  const page = { after: first.number - 1 - lookBack, limit: 2 * lookBack };
  for await (const trial of storage.eachTrial(experiment, page)) {
    if (trial.endedAt !== null && trial.run !== null && going.has(trial.run)) ended.push(trial);
  }
  return rateOf(ended, Date.now());
}

/** How many of the last trials ended a second, from the start of the earliest of them until `now`. */
export function rateOf(
  trials: readonly Pick<Trial, "startedAt" | "endedAt">[],
  now: number,
): number | null {
  const times = trials.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null
      ? []
      : [{ start: Date.parse(startedAt), end: Date.parse(endedAt) }],
  );
  const last = times.sort((a, b) => b.end - a.end).slice(0, counted);
  if (last.length === 0) return null;
  const from = Math.min(...last.map(({ start }) => start));
  return (last.length / Math.max(1, now - from)) * 1000;
}
