import { type RawDimension } from "../dimension.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { createPriorLeaf, numericPriorFields, readNumericOptions } from "./numeric-prior.ts";
import { countRoundNumbers } from "./round-numbers.ts";

/** Numbers from low to high, or the whole ones among them, with equally likely logarithms. */
export function createLogUniform(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["low", "high", ...numericPriorFields]);
  const low = fields.number("low");
  const high = fields.number("high");
  if (low <= 0 && low <= high) throw fields.problem(`needs low above 0, got ${low}`);
  const options = readNumericOptions(fields, low, high);

  // Half a number more at both ends gives the first and last whole number their full share.
  const margin = options.discrete ? 0.5 : 0;
  const start = Math.log(options.low - margin);
  const span = Math.log(options.high + margin) - start;
  return createPriorLeaf({
    definition: { kind: "logUniform", low, high, ...options.stored },
    options,
    call: { name: "loguniform", args: [pythonLiteral(low), pythonLiteral(high)] },
    cardinality: options.discrete
      ? options.high - options.low + 1
      : countRoundNumbers(low, high, options.precision),
    draw(random) {
      const number = Math.exp(start + span * random.next());
      return options.discrete ? Math.round(number) : number;
    },
  });
}
