import { type Random } from "../../util/random.ts";
import { type NestedDefinition, type VariantDefinition } from "../definition.ts";
import { type Leaf } from "../dimensions/leaf.ts";
import { type Grid } from "../grids/grid.ts";
import { type Params } from "../params-of.ts";

/** A part of a space: one parameter, nested parameters, or conditional ones. */
export type SpaceNode = Leaf | NestedNode | VariantNode;

/** Parameters by name. */
export interface NestedNode {
  readonly type: "nested";
  readonly definition: NestedDefinition;
  readonly fields: ReadonlyMap<string, SpaceNode>;
  /** Every combination; undefined when a field can only be sampled. */
  readonly grid: Grid<Params> | undefined;
  readonly cardinality: number;
  sample(random: Random): Params;
}

/** The parameters of one of several branches. */
export interface VariantNode {
  readonly type: "variant";
  readonly definition: VariantDefinition;
  /** The parameter that names the branch, and its values. */
  readonly key: string;
  readonly keyLeaf: Leaf;
  /** The parameters of each branch; the first of them is the key, as a constant. */
  readonly branches: ReadonlyMap<string, NestedNode>;
  /** The branches one after the other; undefined when one of them can only be sampled. */
  readonly grid: Grid<Params> | undefined;
  readonly cardinality: number;
  sample(random: Random): Params;
}
