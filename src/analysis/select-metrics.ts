import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import type { MetricPoint } from "../model/trial.ts";
import type { Storage } from "../storage/storage.ts";
import { didYouMean } from "../util/nearest.ts";

/** Which points of the metrics of an experiment. */
export interface MetricChoice {
  readonly name?: string;
  /** A trial by its number or its id (or the beginning of it). */
  readonly trial?: string;
  /** Also the points of attempts that later ones did not continue. */
  readonly allAttempts: boolean;
  readonly limit?: number;
}

/**
 * The chosen points, trial by trial in the order in which they were reported. `NOT_FOUND` when there is no
 * such experiment or trial, or when no trial reports a metric of that name.
 */
export async function selectMetrics(
  storage: Storage,
  name: string,
  choice: MetricChoice,
): Promise<AsyncGenerator<MetricPoint, void>> {
  const experiment = await storage.getExperiment(name);
  const number =
    choice.trial === undefined ? undefined : await trialNumber(storage, experiment, choice.trial);
  if (choice.name !== undefined) await checkMetric(storage, experiment, choice.name);
  const filter = {
    allAttempts: choice.allAttempts,
    ...(choice.name === undefined ? {} : { name: choice.name }),
    ...(number === undefined ? {} : { number }),
  };
  return upTo(choice.limit ?? Infinity, storage.getMetrics(experiment, filter));
}

async function trialNumber(
  storage: Storage,
  experiment: Experiment,
  text: string,
): Promise<number> {
  const digits = text.replace(/^#/, "");
  if (/^\d{1,16}$/.test(digits)) {
    return (await storage.getTrialByNumber(experiment, Number(digits))).number;
  }
  const trial = await storage.getTrial(text);
  const owner = await storage.getExperimentOfTrial(trial.id);
  if (owner.id === experiment.id) return trial.number;
  throw new AssayError(
    "NOT_FOUND",
    `Trial ${text} belongs to "${owner.name}", not to "${experiment.name}"`,
    { details: { id: trial.id, experiment: owner.name } },
  );
}

/** Complains about a name only when other metrics were reported: it may be that none was yet. */
async function checkMetric(storage: Storage, experiment: Experiment, name: string): Promise<void> {
  const seen = new Set<string>();
  for await (const { metrics } of storage.eachTrial(experiment)) {
    if (Object.hasOwn(metrics, name)) return;
    for (const found of Object.keys(metrics)) seen.add(found);
  }
  if (seen.size === 0) return;
  throw new AssayError(
    "NOT_FOUND",
    `No trial of "${experiment.name}" reports "${name}"${didYouMean(name, seen)} (${[...seen].join(", ")})`,
    { details: { name, accepted: [...seen] } },
  );
}

async function* upTo<Item>(limit: number, items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  let left = limit;
  if (left <= 0) return;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left <= 0) return;
  }
}
