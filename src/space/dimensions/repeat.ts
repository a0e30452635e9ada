import { type RawDimension } from "../dimension.ts";
import { createRepeatGrid } from "../grids/repeat-grid.ts";
import { showValue } from "../show-value.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";

/** The same value in several trials. */
export function createRepeat(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["value", "count"]);
  const value = fields.value("value");
  const count = fields.count("count");
  const grid = createRepeatGrid(value, count);
  return {
    type: "leaf",
    definition: { kind: "repeat", value, count },
    description: `repeat(${showValue(value)}, ${count})`,
    grid,
    cardinality: count,
    accepted: showValue(value),
    fallback: value,
    listed: [value],
    admits: (candidate) => grid.count(candidate) > 0,
    sample: () => value,
  };
}
