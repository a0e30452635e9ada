import { type RawDimension } from "../dimension.ts";
import { type Grid } from "../grids/grid.ts";
import { createListGrid } from "../grids/list-grid.ts";
import { showValues } from "../show-value.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";

/**
 * One value for each trial of the grid. In the product it only keeps its place, as one value
 * that equals any; the space, which knows the trial's index, puts the right one there.
 */
export function createMatched(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["values"]);
  const values = fields.values("values");
  const list = createListGrid(values);
  return {
    type: "leaf",
    definition: { kind: "matched", values },
    description: `matched([${showValues(values)}])`,
    grid: placeholder,
    cardinality: 1,
    accepted: `one of ${showValues(values)}`,
    fallback: undefined,
    listed: values,
    admits: (value) => list.count(value) > 0,
    sample: () => undefined,
  };
}

const placeholder: Grid = {
  size: 1,
  distinct: true,
  at: () => undefined,
  rank: () => 0,
  count: () => 1,
  indexOf: (_value, rank) => (rank === 0 ? 0 : undefined),
};
