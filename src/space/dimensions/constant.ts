import { type RawDimension } from "../dimension.ts";
import { createRepeatGrid } from "../grids/repeat-grid.ts";
import { showValue } from "../show-value.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";

/** One value, in every trial. */
export function createConstant(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["value"]);
  const value = fields.value("value");
  const grid = createRepeatGrid(value, 1);
  return {
    type: "leaf",
    definition: { kind: "constant", value },
    description: showValue(value),
    grid,
    cardinality: 1,
    accepted: showValue(value),
    fallback: value,
    listed: [value],
    admits: (candidate) => grid.count(candidate) > 0,
    sample: () => value,
  };
}
