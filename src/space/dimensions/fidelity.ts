import { type RawDimension } from "../dimension.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { isNumberBetween } from "./number-between.ts";

const defaultBase = 2;

/** The budget of a trial: always the highest, unless an algorithm asks for less. */
export function createFidelity(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["low", "high", "base"]);
  const low = fields.number("low");
  const high = fields.number("high");
  const base = fields.has("base") ? fields.number("base") : defaultBase;
  if (low > high) throw fields.problem(`needs low ≤ high, got ${low} and ${high}`);
  if (low <= 0) throw fields.problem(`needs low above 0, got ${low}`);
  if (base < 1) throw fields.problem(`needs a base of at least 1, got ${base}`);
  const special = base !== defaultBase;
  const args = [low, high].map(pythonLiteral);
  if (special) args.push(`base=${pythonLiteral(base)}`);
  return {
    type: "leaf",
    definition: { kind: "fidelity", low, high, ...(special && { base }) },
    description: `fidelity(${args.join(", ")})`,
    grid: undefined,
    cardinality: 1,
    accepted: `a number from ${low} to ${high}`,
    fallback: high,
    listed: [],
    admits: (value) => isNumberBetween(value, low, high),
    sample: () => high,
  };
}
