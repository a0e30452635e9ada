import { parseAlgorithm } from "../algorithms/create-algorithm.ts";
import { AssayError } from "../errors/assay-error.ts";
import { checkedName } from "../model/experiment.ts";
import { parseObjectives, type ObjectiveInput } from "../model/objective.ts";
import { createSpace } from "../space/create-space.ts";
import type { ParamsOf, SpaceInput } from "../space/params-of.ts";
import { showValue } from "../space/show-value.ts";
import { didYouMean } from "../util/nearest.ts";
import type { TrialContext } from "./trial-context.ts";

/** What a trial may return: a plain map of results, a bare number for the one declared objective, or nothing. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a run function may return nothing
export type TrialReturn = object | number | undefined | void;

/** The definition of an experiment, as `defineExperiment` takes it. */
export interface ExperimentDefinition<
  Input extends SpaceInput = SpaceInput,
  Store = unknown,
  Returned extends TrialReturn = TrialReturn,
> {
  /** Letters, digits, _ - . : / + and spaces inside. */
  readonly name: string;
  /** The parameters: dimensions, constants, nested parameters. */
  readonly space: Input;
  /** The result to make small or large: `{ minimize: "loss" }`. */
  readonly objective?: ObjectiveInput | readonly ObjectiveInput[];
  /** Who proposes trials: `grid` where every dimension is enumerable, else `random`. */
  readonly algorithm?: string | { readonly name: string; readonly [option: string]: unknown };
  /** How many trials to run at most; a space that is sampled needs a limit. */
  readonly maxTrials?: number;
  /** What all random numbers derive from; drawn once, when the experiment is first stored, when left out. */
  readonly seed?: number;
  /** Makes the read-only store that trials find as `trial.store`, once a process. Gets the space as declared. */
  readonly setup?: (config: Input) => Store | Promise<Store>;
  /** Runs one trial. */
  readonly run: (
    params: ParamsOf<Input>,
    trial: TrialContext<ParamsOf<Input>, Store>,
  ) => Returned | Promise<Returned>;
}

const brand: unique symbol = Symbol.for("assay.experiment");

/** A definition that was checked. */
export interface DefinedExperiment<
  Input extends SpaceInput = SpaceInput,
  Store = unknown,
  Returned extends TrialReturn = TrialReturn,
> extends ExperimentDefinition<Input, Store, Returned> {
  readonly [brand]: true;
}

/** Any experiment, whatever its types: what functions that only pass it on ask for. */
export type AnyExperiment = Pick<
  DefinedExperiment,
  "name" | "space" | "objective" | "algorithm" | "maxTrials" | "seed"
> & {
  readonly [brand]: true;
  // Parameters of functions are compared contravariantly: never accepts every experiment.
  readonly setup?: (config: never) => unknown;
  readonly run: (params: never, trial: never) => unknown;
};

const known = ["name", "space", "objective", "algorithm", "maxTrials", "seed", "setup", "run"];

/**
 * Declares an experiment: what is varied, what is run for each assignment, and what is wanted of it.
 * Checks the whole definition and throws `INVALID_SPACE` or `INVALID_VALUE` with one line that says what
 * is wrong; runs nothing.
 *
 * @example
 * export default defineExperiment({
 *   name: "parabola",
 *   space: { x: linspace(-1, 1, 21) },
 *   objective: { minimize: "y" },
 *   run: ({ x }) => ({ y: x ** 2 }),
 * });
 */
export function defineExperiment<
  const Input extends SpaceInput,
  Returned extends TrialReturn,
  Store = undefined,
>(
  definition: ExperimentDefinition<Input, Store, Returned>,
): DefinedExperiment<Input, Store, Returned> {
  for (const key of Object.keys(definition)) {
    if (known.includes(key)) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `Unknown field "${key}" of an experiment${didYouMean(key, known)} (${known.join(", ")})`,
      { details: { field: key, accepted: known } },
    );
  }
  if (typeof definition.name !== "string") {
    throw new AssayError("INVALID_VALUE", 'An experiment needs a name: { name: "my-sweep", … }');
  }
  checkedName(definition.name);
  if (typeof definition.run !== "function") {
    throw new AssayError(
      "INVALID_VALUE",
      `Experiment "${definition.name}" needs run: (params, trial) => results`,
    );
  }
  if (definition.setup !== undefined && typeof definition.setup !== "function") {
    throw new AssayError("INVALID_VALUE", `setup of "${definition.name}" must be a function`);
  }
  const space = createSpace(definition.space);
  parseObjectives(definition.objective);
  parseAlgorithm(definition.algorithm, space);
  checkWhole("maxTrials", definition.maxTrials, 1);
  checkWhole("seed", definition.seed, 0);
  return Object.freeze({ ...definition, [brand]: true as const });
}

function checkWhole(field: string, value: unknown, min: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= min)) return;
  throw new AssayError(
    "INVALID_VALUE",
    `${field} is a whole number from ${String(min)} on, got ${showValue(value)}`,
    { details: { field } },
  );
}

/** Whether a value came from `defineExperiment`, of this copy of Assay or another. */
export function isExperiment(value: unknown): value is AnyExperiment {
  return typeof value === "object" && value !== null && brand in value;
}
