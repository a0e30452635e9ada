import { type Random } from "../../util/random.ts";
import { type LeafDefinition } from "../definition.ts";
import { type Grid } from "../grids/grid.ts";

/** What a dimension of one parameter can do; the space needs to know no more of its kind. */
export interface Leaf {
  readonly type: "leaf";
  /** The plain data that this was made of, in its normal form. */
  readonly definition: LeafDefinition;
  /** One line for people: `linspace(0, 1, 3)`. */
  readonly description: string;
  /** The values by index; undefined for dimensions that can only be sampled. */
  readonly grid: Grid | undefined;
  /** How many different trials this dimension can tell apart, as Oríon counts them. */
  readonly cardinality: number;
  /** What `admits` accepts, for the end of "must be …". */
  readonly accepted: string;
  /** The value of a trial that is given without one; undefined when it must be given. */
  readonly fallback: unknown;
  /** The values as they were listed, where they were: a text may be the display of one. */
  readonly listed: readonly unknown[];
  /** Whether a trial may have this value, also when the grid lacks it. */
  admits(value: unknown): boolean;
  sample(random: Random): unknown;
}
