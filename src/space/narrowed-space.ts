import { type Random } from "../util/random.ts";
import { type Params } from "./params-of.ts";

/** A trial of a narrowed space. */
export interface NarrowedTrial<Values = Params> {
  /** Its index in the whole grid; undefined when that lacks it. */
  readonly index: number | undefined;
  readonly params: Values;
  /** Which of the trials with these same parameters it is: 0 for the first. */
  readonly occurrence: number;
}

/** The part of a space where some parameters have one value. */
export interface NarrowedSpace<Values = Params> {
  /** The values by dotted name. */
  readonly fixed: ReadonlyMap<string, unknown>;
  /**
   * Number of trials; Infinity while a dimension that is left can only be sampled. A space whose
   * sampled dimensions are all fixed is finite.
   */
  readonly size: number;
  /** The trial at a position from 0 to size − 1, in the order of the whole grid. */
  at(position: number): NarrowedTrial<Values>;
  /** Whether complete parameters have the fixed values. */
  matches(params: unknown): boolean;
  /** Parameters drawn at random around the fixed ones. */
  sample(random: Random): Values;
}
