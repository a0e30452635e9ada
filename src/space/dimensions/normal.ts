import { type RawDimension } from "../dimension.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { createPriorLeaf, numericPriorFields, readNumericOptions } from "./numeric-prior.ts";
import { drawTruncatedNormal } from "./truncated-normal.ts";

/** Numbers of a normal distribution, cut off at low and high where these are given. */
export function createNormal(raw: RawDimension, name: string): Leaf {
  const own = ["mean", "deviation", "low", "high"];
  const fields = createFieldReader(raw, name, [...own, ...numericPriorFields]);
  const mean = fields.number("mean");
  const deviation = fields.number("deviation");
  if (deviation <= 0) throw fields.problem(`needs a deviation above 0, got ${deviation}`);
  const bounds = {
    ...(fields.has("low") && { low: fields.number("low") }),
    ...(fields.has("high") && { high: fields.number("high") }),
  };
  const options = readNumericOptions(fields, bounds.low ?? -Infinity, bounds.high ?? Infinity);
  const args = [
    pythonLiteral(mean),
    pythonLiteral(deviation),
    ...Object.entries(bounds).map(([bound, value]) => `${bound}=${pythonLiteral(value)}`),
  ];

  // A whole number stands for all that round to it.
  const margin = options.discrete ? 0.5 : 0;
  const low = (options.low - margin - mean) / deviation;
  const high = (options.high + margin - mean) / deviation;
  return createPriorLeaf({
    definition: { kind: "normal", mean, deviation, ...bounds, ...options.stored },
    options,
    call: { name: "normal", args },
    cardinality: options.discrete ? options.high - options.low + 1 : Infinity,
    draw(random) {
      const number = mean + deviation * drawTruncatedNormal(random, low, high);
      return options.discrete ? Math.round(number) : number;
    },
  });
}
