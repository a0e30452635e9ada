import { randomInt } from "node:crypto";
import type { Change, Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { checkedName, type AlgorithmSetting } from "../model/experiment.ts";
import { newExperimentId } from "../model/identity.ts";
import { didYouMean } from "../util/nearest.ts";
import { encodeValue } from "../values/encode.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { nextCount } from "./counters.ts";
import type { ExperimentSpec } from "./experiment-spec.ts";

/** The fields of a stored experiment that may change without making it another one. */
export interface ExperimentUpdate {
  /** Null removes the limit. */
  readonly maxTrials?: number | null;
  readonly algorithm?: AlgorithmSetting;
  readonly code?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const updatable = ["maxTrials", "algorithm", "code", "metadata"];

/** The document of an experiment that nobody stored yet. Throws `INVALID_VALUE`; then nothing was written. */
export async function newExperimentDocument(
  context: StorageContext,
  spec: ExperimentSpec,
): Promise<Document> {
  const { space } = spec;
  // Without a value for each free input there is no grid: what is run is added trial by trial.
  const isGrid = space.enumerable && space.required.length === 0;
  const total = isGrid ? space.size : undefined;
  const document = {
    id: newExperimentId(),
    name: checkedName(spec.name),
    version: checkedWhole("version", spec.version ?? 1, 1),
    createdAt: timestamp(context),
    space: encodeValue(space.definition, "space"),
    spaceHash: space.hash,
    objectives: encodeValue(spec.objectives ?? []),
    algorithm: encodeValue(spec.algorithm ?? { name: space.enumerable ? "grid" : "random" }),
    seed: checkedWhole("seed", spec.seed ?? randomInt(2 ** 47), 0),
    total,
    maxTrials: checkedLimit(spec.maxTrials),
    position: 0,
    nextNumber: total ?? 0,
    tokenBase: 0,
    given: 0,
    revision: 0,
    code: spec.code,
    metadata: encodeValue(spec.metadata ?? {}, "metadata"),
  };
  return { ...document, key: await nextCount(context, "experiment") };
}

/** An update as a change of the document. Throws `INVALID_VALUE` on a field that may not change. */
export function experimentChange(update: ExperimentUpdate): Change {
  for (const field of Object.keys(update)) {
    if (updatable.includes(field)) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `The field "${field}" of an experiment cannot be changed${didYouMean(field, updatable)} (${updatable.join(", ")} can)`,
      { details: { field, accepted: updatable } },
    );
  }
  const { maxTrials, code, algorithm, metadata } = update;
  // A position means something only to the algorithm that reached it: another one begins at its start, and
  // whoever still goes on with the old one finds the revision changed.
  const restart = algorithm === undefined ? {} : { increment: { revision: 1 } };
  return {
    ...restart,
    set: {
      position: algorithm === undefined ? undefined : 0,
      maxTrials: checkedLimit(maxTrials ?? undefined),
      code,
      algorithm: algorithm && encodeValue(algorithm, "algorithm"),
      metadata: metadata && encodeValue(metadata, "metadata"),
    },
    unset: maxTrials === null ? ["maxTrials"] : [],
  };
}

function checkedLimit(maxTrials: number | undefined): number | undefined {
  return maxTrials === undefined ? undefined : checkedWhole("maxTrials", maxTrials, 1);
}

function checkedWhole(field: string, value: number, low: number): number {
  if (Number.isSafeInteger(value) && value >= low) return value;
  throw new AssayError(
    "INVALID_VALUE",
    `${field} is a whole number from ${String(low)}, got ${String(value)}`,
    { details: { field, value } },
  );
}
