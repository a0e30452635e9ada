import { randomWeibull } from "d3-random";
import { type Random } from "../../util/random.ts";
import { bound, notNegative, positive, real } from "./domains.ts";
import { type Families, fromZero, line, toZero } from "./family.ts";
import { boxCox, exponential, fromD3, randomSign, truncatedExponential } from "./variates.ts";

export type ExtremeValueFamilyName =
  | "dweibull"
  | "exponweib"
  | "genextreme"
  | "gumbel_l"
  | "gumbel_r"
  | "invweibull"
  | "kappa4"
  | "truncweibull_min"
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
  // Hosking (1994): between the generalized extreme values, for h = 0, and a generalized Pareto, for h = 1.
  kappa4: {
    shapes: { h: real, k: real },
    support: (h, k) => [
      h > 0 ? -boxCox(Math.log(1 / h), k) : k < 0 ? 1 / k : -Infinity,
      k > 0 ? 1 / k : Infinity,
    ],
    draw: (random, h, k) => -boxCox(Math.log(-boxCox(-exponential(random), h)), k),
  },
  truncweibull_min: {
    shapes: { c: positive, a: notNegative, b: bound },
    conflict: (_, a, b) => (a < b ? undefined : `needs a < b, got ${a} and ${b}`),
    support: (_, a, b) => [a, b],
    draw: truncatedWeibull,
  },
  weibull_max: {
    shapes: { c: positive },
    support: toZero,
    draw: (random, c) => -weibull(random, c),
  },
  weibull_min: { shapes: { c: positive }, support: fromZero, draw: weibull },
};

/**
 * The power 1 / c of an exponential number from a^c to b^c. These may be too small or too great for numbers:
 * then it is hardly exponential, but uniform; or a itself.
 */
function truncatedWeibull(random: Random, c: number, a: number, b: number): number {
  const [least, most] = [a ** c, b ** c];
  if (most < 1) {
    const share = -Math.expm1(c * Math.log(a / b));
    const width = most * share;
    const place = width < 1e-16 ? random.next() : truncatedExponential(random, width) / width;
    return b * (1 - share * (1 - place)) ** (1 / c);
  }
  if (least < 1) return (least + truncatedExponential(random, most - least)) ** (1 / c);
  const width = least * Math.expm1(c * (Math.log(b) - Math.log(a)));
  return a * Math.exp(Math.log1p(truncatedExponential(random, width) / least) / c);
}
