import { AssayError } from "../../errors/assay-error.ts";
import type { Experiment } from "../../model/experiment.ts";
import type { Storage } from "../storage.ts";
import { sweepDeleted } from "../sweep.ts";
import { Arrival } from "./arrival.ts";
import type { Destination } from "./arrival-place.ts";
import type { SourceExperiment, TransferSource } from "./parts.ts";
import { labelOf, type Tracker } from "./progress.ts";
import { contextOf } from "./storage-context.ts";

/**
 * What becomes of an experiment whose name and version are taken: `fail` is an error that names all of them,
 * `ignore` leaves it out, `overwrite` deletes the one that is there, `bump` gives it the next version.
 */
export type ConflictPolicy = "ignore" | "overwrite" | "bump" | "fail";

export const conflictPolicies: readonly ConflictPolicy[] = ["ignore", "overwrite", "bump", "fail"];

/** What became of an experiment: `present` when it was there already, `ignored` when another one was. */
export interface MovedExperiment {
  readonly name: string;
  /** The version that it has where it arrived. */
  readonly version: number;
  /** The version that it had. */
  readonly from: number;
  readonly outcome: "moved" | "overwritten" | "bumped" | "ignored" | "present";
  readonly trials: number;
}

/** What is to be done with an experiment; without a destination, nothing. */
export interface Intention {
  readonly source: SourceExperiment;
  readonly outcome: MovedExperiment["outcome"];
  readonly destination: Destination;
}

export interface IntentionOptions {
  readonly onConflict: ConflictPolicy;
  /** One that has the same id is the same: it is there already, and no conflict. */
  readonly isSameById: boolean;
  /** What can be done about a conflict. */
  readonly remedy: string;
}

/** Decides about each experiment before anything is written. Throws `CONFLICT`, naming all, under `fail`. */
export async function planArrivals(
  target: Storage,
  experiments: readonly SourceExperiment[],
  { onConflict, isSameById, remedy }: IntentionOptions,
): Promise<readonly Intention[]> {
  const stored = await target.getExperiments();
  const versions = new Map<string, number>();
  for (const { name, version } of [...stored, ...experiments]) {
    versions.set(name, Math.max(version, versions.get(name) ?? 0));
  }
  const conflicts: SourceExperiment[] = [];
  const intentions = experiments.map((source): Intention => {
    const { name, version, id } = source;
    const destination = { name, version };
    const there = stored.find((one) => one.name === name && one.version === version);
    if (there === undefined) return { source, outcome: "moved", destination };
    if (isSameById && there.id === id) return { source, outcome: "present", destination };
    return resolveConflict(source, there);
  });
  if (conflicts.length === 0) return intentions;
  throw describeConflicts(target, conflicts, remedy);

  function resolveConflict(source: SourceExperiment, there: Experiment): Intention {
    const { name, version } = source;
    switch (onConflict) {
      case "ignore":
        return { source, outcome: "ignored", destination: { name, version } };
      case "overwrite":
        return { source, outcome: "overwritten", destination: { name, version, replaces: there } };
      case "bump": {
        const next = (versions.get(name) ?? version) + 1;
        versions.set(name, next);
        return { source, outcome: "bumped", destination: { name, version: next } };
      }
      case "fail":
        conflicts.push(source);
        return { source, outcome: "ignored", destination: { name, version } };
    }
  }
}

function describeConflicts(
  { location }: Storage,
  conflicts: readonly SourceExperiment[],
  remedy: string,
): AssayError {
  const names = conflicts.map(labelOf);
  const list = names.map((name) => `"${name}"`).join(", ");
  const exist = names.length === 1 ? "exists" : "exist";
  return new AssayError(
    "CONFLICT",
    `${list} ${exist} already in ${location}; nothing was changed (${remedy})`,
    { details: { names, location } },
  );
}

/** Whether something is moved at all. */
export function isMoved({ outcome }: Pick<Intention, "outcome">): boolean {
  return outcome !== "ignored" && outcome !== "present";
}

/** Moves experiments one after another; each appears as a whole. */
export async function moveAll(
  source: TransferSource,
  target: Storage,
  intentions: readonly Intention[],
  tracker: Tracker,
): Promise<readonly MovedExperiment[]> {
  const moved: MovedExperiment[] = [];
  for (const intention of intentions) {
    if (isMoved(intention)) await moveOne(source, target, intention, tracker);
    const { destination, outcome } = intention;
    const { name, version: from, trials } = intention.source;
    moved.push({ name, version: destination.version, from, outcome, trials });
  }
  return moved;
}

async function moveOne(
  source: TransferSource,
  target: Storage,
  { source: experiment, destination }: Intention,
  tracker: Tracker,
): Promise<void> {
  const context = contextOf(target);
  const arrival = await Arrival.begin(context, experiment, destination);
  tracker.begin(experiment);
  const wanted: typeof arrival.wanted = async (trials) => {
    const missing = await arrival.wanted(trials);
    tracker.advance(trials.length - missing.length);
    return missing;
  };
  for await (const part of source.parts(experiment, wanted)) {
    await tracker.goOn();
    await arrival.receive(part);
    if (part.kind === "trials") tracker.advance(part.records.length);
  }
  const { name, version, replaces } = destination;
  if (replaces !== undefined) await sweepDeleted(context);
  await target.refreshView(`${name}@${String(version)}`);
}
