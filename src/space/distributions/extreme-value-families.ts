import { randomWeibull } from "d3-random";
import { positive, real } from "./domains.ts";
import { type Families, fromZero, line, toZero } from "./family.ts";
import { boxCox, exponential, fromD3, randomSign } from "./variates.ts";

export type ExtremeValueFamilyName =
  | "dweibull"
  | "exponweib"
  | "genextreme"
  | "gumbel_l"
  | "gumbel_r"
  | "invweibull"
  | "weibull_max"
  | "weibull_min";

const weibull = fromD3(randomWeibull);

/**
 * Families of the least and the greatest of many numbers, and what is made of them. Their quantile functions
 * are elementary (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", 1994 and 1995,
 * chapters 21 and 22), and have −log(u), for which an exponential number stands.
 */
export const extremeValueFamilies: Families<ExtremeValueFamilyName> = {
  dweibull: {
    shapes: { c: positive },
    support: line,
    draw: (random, c) => randomSign(random) * weibull(random, c),
  },
  exponweib: {
    shapes: { a: positive, c: positive },
    support: fromZero,
    draw: (random, a, c) => (-Math.log(-Math.expm1(-exponential(random) / a))) ** (1 / c),
  },
  genextreme: {
    shapes: { c: real },
    support: (c) => [c < 0 ? 1 / c : -Infinity, c > 0 ? 1 / c : Infinity],
    draw: (random, c) => -boxCox(Math.log(exponential(random)), c),
  },
  gumbel_l: { shapes: {}, support: line, draw: (random) => Math.log(exponential(random)) },
  gumbel_r: { shapes: {}, support: line, draw: (random) => -Math.log(exponential(random)) },
  invweibull: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => exponential(random) ** (-1 / c),
  },
  weibull_max: {
    shapes: { c: positive },
    support: toZero,
    draw: (random, c) => -weibull(random, c),
  },
  weibull_min: { shapes: { c: positive }, support: fromZero, draw: weibull },
};
