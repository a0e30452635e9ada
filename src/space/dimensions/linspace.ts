import { type RawDimension } from "../dimension.ts";
import { createAscendingGrid } from "../grids/ascending-grid.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { isNumberBetween } from "./number-between.ts";

/** Numbers with equal steps: min + (max − min) · i / (count − 1), the last one exactly max. */
export function createLinspace(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["min", "max", "count"]);
  const min = fields.number("min");
  const max = fields.number("max");
  const count = fields.count("count");
  const span = max - min;
  const steps = count - 1;
  if (span < 0) throw fields.problem(`needs min ≤ max, got ${min} and ${max}`);
  if (span === Infinity) {
    throw fields.problem(`needs max − min to be finite, got ${min} and ${max}`);
  }

  function at(index: number): number {
    if (index === 0) return min;
    return index === steps ? max : Math.min(max, min + (span * index) / steps);
  }
  // A step of four times what rounding can be wrong by keeps neighbours apart.
  const rounding = Number.EPSILON * Math.max(Math.abs(min), Math.abs(max));
  const distinct = steps === 0 || span / steps > 4 * rounding;
  return {
    type: "leaf",
    definition: { kind: "linspace", min, max, count },
    description: `linspace(${min}, ${max}, ${count})`,
    grid: createAscendingGrid(count, at, distinct),
    cardinality: count,
    accepted: `a number from ${min} to ${max}`,
    fallback: undefined,
    listed: [],
    admits: (value) => isNumberBetween(value, min, max),
    sample: (random) => at(random.integer(0, steps)),
  };
}
