import { type RawDimension } from "../dimension.ts";
import { createAscendingGrid } from "../grids/ascending-grid.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { isNumberBetween } from "./number-between.ts";

/**
 * Numbers with equal ratios, spaced in log10; the ends are exactly min and max. Where the exponent
 * is whole, or the distance from min is in whole decades, the number is shifted as a decimal,
 * because 10 ** x is not exact for all whole x.
 */
export function createLogspace(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["min", "max", "count"]);
  const min = fields.number("min");
  const max = fields.number("max");
  const count = fields.count("count");
  const steps = count - 1;
  if (min > max) throw fields.problem(`needs min ≤ max, got ${min} and ${max}`);
  if (min <= 0) throw fields.problem(`needs min above 0, got ${min}`);

  const start = Math.log10(min);
  const decades = Math.log10(max) - start;

  function at(index: number): number {
    if (index === 0) return min;
    if (index === steps) return max;
    const distance = (decades * index) / steps;
    const exponent = start + distance;
    const number = wholeDecades(1, exponent) ?? wholeDecades(min, distance) ?? 10 ** exponent;
    return Math.min(max, Math.max(min, number));
  }
  const rounding = Math.max(tolerance(start), tolerance(start + decades));
  const distinct = steps === 0 || decades / steps > 4 * rounding;
  return {
    type: "leaf",
    definition: { kind: "logspace", min, max, count },
    description: `logspace(${min}, ${max}, ${count})`,
    grid: createAscendingGrid(count, at, distinct),
    cardinality: count,
    accepted: `a number from ${min} to ${max}`,
    fallback: undefined,
    listed: [],
    admits: (value) => isNumberBetween(value, min, max),
    sample: (random) => at(random.integer(0, steps)),
  };
}

/** `factor` times 10 to the power of `exponent`, correctly rounded, if the exponent is whole. */
function wholeDecades(factor: number, exponent: number): number | undefined {
  const whole = Math.round(exponent);
  if (Math.abs(exponent - whole) > tolerance(exponent)) return undefined;
  const [digits = "", power = "0"] = String(factor).split("e");
  return Number(`${digits}e${Number(power) + whole}`);
}

/** How far rounding may have moved an exponent, generously. */
function tolerance(exponent: number): number {
  return 1e-13 * Math.max(10, Math.abs(exponent));
}
