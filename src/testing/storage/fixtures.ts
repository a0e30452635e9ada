import type { Experiment } from "../../model/experiment.ts";
import type { TrialStatus } from "../../model/status.ts";
import type { Suggestion } from "../../model/suggestion.ts";
import type { Trial } from "../../model/trial.ts";
import { choice } from "../../space/constructors.ts";
import { createSpace, spaceFromDefinition } from "../../space/create-space.ts";
import type { ExperimentSpec } from "../../storage/experiment-spec.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import type { Storage } from "../../storage/storage.ts";

/** An experiment whose grid has `size` trials, with the parameter `x` from 0 on, that minimizes `loss`. */
export function gridSpec(size: number, more: Partial<ExperimentSpec> = {}): ExperimentSpec {
  const values = Array.from({ length: size }, (_, x) => x);
  return {
    name: "grid",
    space: createSpace({ x: choice(values), fixed: "constant" }),
    objectives: [{ name: "loss", direction: "minimize" }],
    seed: 7,
    ...more,
  };
}

/** The trials of an experiment's grid from a position on, as its algorithm proposes them. */
export function suggestionsOf(
  experiment: Experiment,
  from: number = 0,
  to: number = Infinity,
): Suggestion[] {
  const space = spaceFromDefinition(experiment.space);
  const numbers = Array.from({ length: Math.min(to, space.size) - from }, (_, i) => from + i);
  return numbers.map((number) => ({
    params: space.at(number),
    occurrence: space.occurrenceAt(number),
    number,
    position: number + 1,
  }));
}

/** Registers what the cursor has not passed yet of an experiment's grid. */
export async function registerGrid(storage: Storage, experiment: Experiment): Promise<void> {
  const cursor = await storage.readCursor(experiment);
  await storage.registerTrials(experiment, cursor, suggestionsOf(experiment, cursor.position));
}

/** A stored experiment with its grid registered. */
export async function storedGrid(
  storage: Storage,
  size: number,
  more: Partial<ExperimentSpec> = {},
): Promise<Experiment> {
  const experiment = await storage.createExperiment(gridSpec(size, more));
  await registerGrid(storage, experiment);
  return experiment;
}

/**
 * Of leases that are over when they begin, by every handle's knowledge of the server's clock: that may be a moment
 * behind.
 */
export const briefLease = { leaseMs: -1000 };

/** Claims the next trial and starts it. */
export async function reserved(
  storage: Storage,
  experiment: Experiment,
  holder: string = "holder",
): Promise<ClaimedTrial> {
  const claimed = await storage.reserveTrial(experiment, { holder, run: "run" });
  if (claimed === undefined) throw new Error("No trial was open");
  return claimed;
}

/** Claims the next trial without starting it. */
export async function claimed(
  storage: Storage,
  experiment: Experiment,
  holder: string = "holder",
): Promise<ClaimedTrial> {
  const [claim] = await storage.claimTrials(experiment, holder, 1);
  if (claim === undefined) throw new Error("No trial was open");
  return claim;
}

/** The results of a trial that minimizes `loss`. */
export const results = { loss: 0.25, note: "found" };

/** A trial in a state that it came to by an attempt of a worker, with that worker's claim. */
export async function trialIn(
  storage: Storage,
  experiment: Experiment,
  status: Exclude<TrialStatus, "new">,
): Promise<ClaimedTrial> {
  const claim = await reserved(storage, experiment);
  if (status === "completed") await storage.pushTrialResults(experiment, claim, results);
  else if (status !== "reserved") await storage.releaseTrial(claim, status);
  return claim;
}

/** All that is stored of a trial, to be compared with what it was. */
export async function everythingOf(storage: Storage, id: string): Promise<unknown> {
  const { number } = await storage.getTrial(id);
  const experiment = await storage.getExperimentOfTrial(id);
  const metrics = [];
  for await (const point of storage.getMetrics(experiment, { number, allAttempts: true })) {
    metrics.push(point);
  }
  return {
    trial: await storage.getTrial(id),
    attempts: await storage.getAttempts(id),
    snapshots: await storage.getSnapshots(id),
    artifacts: await storage.getArtifacts(id),
    output: await storage.getOutput(id),
    metrics,
  };
}

/** The numbers of trials, in the given order. */
export function numbersOf(trials: readonly Pick<Trial, "number">[]): number[] {
  return trials.map(({ number }) => number);
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
