import { type RawDimension } from "../dimension.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { createPriorLeaf, numericPriorFields, readNumericOptions } from "./numeric-prior.ts";

/** Numbers from low to high, or the whole ones among them, all equally likely. */
export function createUniform(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["low", "high", ...numericPriorFields]);
  const low = fields.number("low");
  const high = fields.number("high");
  const options = readNumericOptions(fields, low, high);
  return createPriorLeaf({
    definition: { kind: "uniform", low, high, ...options.stored },
    options,
    call: { name: "uniform", args: [pythonLiteral(low), pythonLiteral(high)] },
    cardinality: options.discrete ? options.high - options.low + 1 : Infinity,
    draw(random) {
      if (options.discrete) return random.integer(options.low, options.high);
      const share = random.next();
      return low * (1 - share) + high * share; // high − low may overflow
    },
  });
}
