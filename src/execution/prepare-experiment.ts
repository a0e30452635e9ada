import { parseAlgorithm } from "../algorithms/create-algorithm.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { AlgorithmSetting, Experiment } from "../model/experiment.ts";
import { parseObjectives } from "../model/objective.ts";
import type { CodeBundle } from "../provenance/code/code-bundle.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import type { Space } from "../space/space.ts";
import type { ExperimentSpec } from "../storage/experiment-spec.ts";
import type { Storage } from "../storage/storage.ts";
import { equalValues } from "../values/compare.ts";
import { decodeValue } from "../values/decode.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { narrowedSpace } from "./narrowing.ts";
import type { DescribedExperiment } from "./protocol.ts";

/** What is to be run, checked, with nothing stored yet. */
export interface ExperimentPlan {
  readonly space: Space;
  /** What `name=value` leaves of the space. */
  readonly narrowed: NarrowedSpace | undefined;
  /** Infinity when there is no limit. */
  readonly maxTrials: number;
  readonly spec: ExperimentSpec & { readonly algorithm: AlgorithmSetting };
  /** The stored experiment that has to go first. */
  readonly overwritten: Experiment | undefined;
  /** The algorithm was asked for, rather than taken for want of one. */
  readonly isAlgorithmAsked: boolean;
}

/**
 * Checks a definition and what was asked for against the storage, if there is one yet. Writes nothing.
 * Throws `CONFLICT`, `INVALID_SPACE`, `INVALID_VALUE`, `NOT_FOUND` or `USAGE`.
 */
export async function planExperiment(
  storage: Storage | undefined,
  described: DescribedExperiment,
  options: ExecuteOptions,
  bundle: CodeBundle | undefined,
): Promise<ExperimentPlan> {
  const { name } = described;
  const space = spaceFromDefinition(decodeValue(described.space));
  const narrowed = narrowedSpace(space, options.narrow);
  const asked = options.algorithm ?? described.algorithm;
  const seed = options.seed ?? described.seed;
  // A trial that is named has its values already.
  if (options.trial === undefined) checkRequired(space, narrowed);
  const spec = {
    name,
    space,
    objectives: parseObjectives(described.objective),
    algorithm: parseAlgorithm(asked, space),
    ...(seed === undefined ? {} : { seed }),
    ...(bundle === undefined ? {} : { code: bundle.hash }),
  };
  const isOverwriting = options.overwrite === true;
  const stored = await storage?.findExperiment(name);
  const kept = isOverwriting ? undefined : await storage?.restoreExperiment(spec);
  const maxTrials = limitOf(space, narrowed, [
    options.maxTrials,
    described.maxTrials,
    space.enumerable ? undefined : (kept?.maxTrials ?? undefined),
  ]);
  // A grid ends by itself: a limit on one invocation of it says nothing about the next.
  const lasting = space.enumerable || maxTrials === Infinity ? described.maxTrials : maxTrials;
  if (options.trial !== undefined) await checkTrial(storage, options.trial, kept, name);
  return {
    space,
    narrowed,
    maxTrials,
    spec: lasting === undefined ? spec : { ...spec, maxTrials: lasting },
    overwritten: isOverwriting ? stored : undefined,
    isAlgorithmAsked: asked !== undefined,
  };
}

/** Finds the stored experiment of a plan, or stores it, with its code. */
export async function storeExperiment(
  storage: Storage,
  plan: ExperimentPlan,
  bundle: CodeBundle | undefined,
): Promise<Experiment> {
  const { spec, overwritten, isAlgorithmAsked } = plan;
  if (overwritten !== undefined) await storage.deleteExperiment(overwritten);
  const experiment = await storage.ensureExperiment(spec);
  if (bundle !== undefined) await storage.saveCode(bundle.hash, bundle);
  const { maxTrials, code, algorithm } = spec;
  const wanted = { maxTrials, code, algorithm: isAlgorithmAsked ? algorithm : undefined };
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(
      ([field, value]) =>
        value !== undefined && !equalValues(Reflect.get(experiment, field), value),
    ),
  );
  if (Object.keys(changes).length === 0) return experiment;
  await storage.updateExperiment(experiment, changes);
  return { ...experiment, ...changes };
}

/** Free inputs need a value: by default, or given as `name=value`. */
function checkRequired(space: Space, narrowed: NarrowedSpace | undefined): void {
  const missing = space.required.filter((name) => narrowed?.fixed.has(name) !== true);
  const [first] = missing;
  if (first === undefined) return;
  throw new AssayError(
    "USAGE",
    `The parameter "${first}" has no value; give it as ${first}=VALUE`,
    { details: { required: missing } },
  );
}

function limitOf(
  space: Space,
  narrowed: NarrowedSpace | undefined,
  limits: readonly (number | undefined)[],
): number {
  const limit = limits.find((candidate) => candidate !== undefined);
  if (limit !== undefined) return limit;
  if (space.enumerable || (narrowed !== undefined && narrowed.size !== Infinity)) return Infinity;
  const drawn = space.dimensions.find((dimension) => !dimension.enumerable);
  throw new AssayError(
    "USAGE",
    `"${drawn?.name ?? ""}" is drawn from a range without end, so the run needs a limit: --max-trials N, or maxTrials in the definition`,
    { details: { parameter: drawn?.name } },
  );
}

async function checkTrial(
  storage: Storage | undefined,
  id: string,
  experiment: Experiment | undefined,
  name: string,
): Promise<void> {
  const owner = await storage?.getExperimentOfTrial(id);
  if (owner !== undefined && owner.id === experiment?.id) return;
  const message =
    owner === undefined
      ? `No trial "${id}": the storage is empty`
      : `Trial ${id} belongs to "${owner.name}", not to "${name}"`;
  throw new AssayError("NOT_FOUND", message, { details: { id, experiment: owner?.name } });
}
