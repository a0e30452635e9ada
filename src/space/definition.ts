/**
 * A space as plain data: what is stored, sent to workers and hashed, and all that its behaviour
 * comes from. A field at its default is left out, so that equal dimensions have equal definitions.
 */
export interface NestedDefinition {
  readonly kind: "nested";
  /** In declared order, which is that of the grid. */
  readonly fields: Readonly<Record<string, DimensionDefinition>>;
}

/** Conditional parameters: those of one branch, and `key`, which holds the name of the branch. */
export interface VariantDefinition {
  readonly kind: "variant";
  readonly key: string;
  readonly branches: Readonly<Record<string, NestedDefinition>>;
}

export type DimensionDefinition = LeafDefinition | NestedDefinition | VariantDefinition;

/** The definitions of dimensions that stand for a single parameter. */
export type LeafDefinition =
  | ChoiceDefinition
  | ConstantDefinition
  | FidelityDefinition
  | LinspaceDefinition
  | LogspaceDefinition
  | MatchedDefinition
  | ParameterDefinition
  | PriorDefinition
  | RepeatDefinition;

export interface ChoiceDefinition {
  readonly kind: "choice";
  readonly values: readonly unknown[];
  /** Probabilities of the values; absent when they are equal. */
  readonly weights?: readonly number[];
  readonly shape?: readonly number[];
  readonly default?: unknown;
}

export interface ConstantDefinition {
  readonly kind: "constant";
  readonly value: unknown;
}

export interface LinspaceDefinition {
  readonly kind: "linspace";
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export interface LogspaceDefinition {
  readonly kind: "logspace";
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export interface RepeatDefinition {
  readonly kind: "repeat";
  readonly value: unknown;
  readonly count: number;
}

export interface MatchedDefinition {
  readonly kind: "matched";
  readonly values: readonly unknown[];
}

export interface ParameterDefinition {
  readonly kind: "parameter";
  readonly default?: unknown;
}

export interface FidelityDefinition {
  readonly kind: "fidelity";
  readonly low: number;
  readonly high: number;
  /** Ratio of one budget to the next; absent when 2. */
  readonly base?: number;
}

/** What the numeric priors have in common. */
export interface NumericPrior {
  /** Present when only whole numbers are drawn, of a distribution that has others. */
  readonly discrete?: true;
  /** Significant digits that are drawn: absent when 4, null when all. */
  readonly precision?: number | null;
  /** Lengths of nested arrays of numbers; absent for a single number. */
  readonly shape?: readonly number[];
  readonly default?: unknown;
}

export interface UniformDefinition extends NumericPrior {
  readonly kind: "uniform";
  readonly low: number;
  readonly high: number;
}

export interface LogUniformDefinition extends NumericPrior {
  readonly kind: "logUniform";
  readonly low: number;
  readonly high: number;
}

export interface NormalDefinition extends NumericPrior {
  readonly kind: "normal";
  readonly mean: number;
  readonly deviation: number;
  /** Where the distribution is cut off; absent when it is not. */
  readonly low?: number;
  readonly high?: number;
}

export type ShapeParameters = Readonly<Record<string, number | readonly number[]>>;

/** A distribution of scipy.stats. */
export interface DistributionDefinition extends NumericPrior {
  readonly kind: "distribution";
  /** Its name in scipy.stats. */
  readonly name: string;
  /** Its shape parameters by the names, and in the order, that they have there. */
  readonly parameters: ShapeParameters;
  /** What is added to its numbers; absent when 0. */
  readonly loc?: number;
  /** What they are multiplied by before that; absent when 1. */
  readonly scale?: number;
  /** Where the distribution is cut off; absent when it is not. */
  readonly low?: number;
  readonly high?: number;
}

export type PriorDefinition =
  UniformDefinition | LogUniformDefinition | NormalDefinition | DistributionDefinition;
