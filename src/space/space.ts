import { type Random } from "../util/random.ts";
import { type LeafDefinition, type NestedDefinition } from "./definition.ts";
import { type NarrowedSpace } from "./narrowed-space.ts";
import { type Params } from "./params-of.ts";

/** One parameter of a space. */
export interface SpaceDimension {
  /** Dotted path, such as "model.depth". Branches of a variant may have equal names. */
  readonly name: string;
  readonly definition: LeafDefinition;
  /** One line for people: `linspace(0, 1, 3)`. */
  readonly description: string;
  /** Whether its values can be listed, so that it has a place in a grid. */
  readonly enumerable: boolean;
  readonly cardinality: number;
  /** What other parameters must be for this one to exist: the branches that it is in. */
  readonly conditions: ReadonlyMap<string, string>;
}

/**
 * The parameters of an experiment and the values that each may take.
 *
 * Parameters that are returned share the values of the space (arrays, dates, …): who hands them
 * to other code copies them.
 */
export interface Space<Values = Params> {
  /** All of the space as plain data; `spaceFromDefinition` rebuilds it. */
  readonly definition: NestedDefinition;
  /**
   * SHA-256 of the canonical definition. The order of declaration is no part of it, except when
   * there are matched values, because then it decides which trial gets which.
   */
  readonly hash: string;
  /** Every parameter, in declared order. */
  readonly dimensions: readonly SpaceDimension[];
  /** True when the space is a grid: every dimension's values can be listed. */
  readonly enumerable: boolean;
  /** Number of trials of the grid, at most 2^53 − 1; Infinity for a space that is sampled. */
  readonly size: number;
  /** How many different trials there are, as Oríon counts them; often Infinity. */
  readonly cardinality: number;
  /** Names of the free inputs that no value was given for; while there are any, there is no trial. */
  readonly required: readonly string[];

  /**
   * The parameters of trial `index` of the grid: nested loops in declared order, the last one
   * varying fastest. RangeError outside 0 … size − 1; `INVALID_VALUE` while inputs are required.
   */
  at(index: number): Values;
  /** Which of the trials with these same parameters `index` is: 0 for the first. */
  occurrenceAt(index: number): number;
  /** The index of these parameters and occurrence; undefined when the grid lacks them. */
  indexOf(params: unknown, occurrence?: number): number | undefined;
  /** Parameters drawn at random; of a choice by its weights. */
  sample(random: Random): Values;
  /**
   * A full assignment, checked, in declared order; what is missing gets its default. Numbers need
   * not be on the grid, only between its ends. `INVALID_VALUE` names what is not accepted.
   */
  parse(params: unknown): Values;
  /** Whether these are complete parameters of this space; they need not be on its grid. */
  contains(params: unknown): boolean;
  /** The value that a text, as in `name=value`, gives to a parameter; or `INVALID_VALUE`. */
  parseText(name: string, text: string): unknown;
  /**
   * The part of the space where the named parameters (dotted paths) have these values, which the
   * dimensions must admit (`INVALID_VALUE`) but the grid may lack.
   */
  narrow(values: ReadonlyMap<string, unknown> | Params): NarrowedSpace<Values>;
}
