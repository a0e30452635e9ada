import { type Random } from "../../util/random.ts";
import { drawTruncatedNormal } from "../dimensions/truncated-normal.ts";
import { aboveOne, bound, notNegative, positive, real } from "./domains.ts";
import { type Families, fromZero, line, toZero, unit } from "./family.ts";
import { normalAbove } from "./normal-quantile.ts";
import { exponential } from "./variates.ts";

export type NormalFamilyName =
  | "alpha"
  | "crystalball"
  | "dpareto_lognorm"
  | "exponnorm"
  | "fatiguelife"
  | "foldnorm"
  | "gibrat"
  | "halfnorm"
  | "invgauss"
  | "johnsonsb"
  | "johnsonsu"
  | "levy"
  | "levy_l"
  | "lognorm"
  | "moyal"
  | "norminvgauss"
  | "powerlognorm"
  | "powernorm"
  | "recipinvgauss"
  | "rice"
  | "skewnorm"
  | "truncnorm"
  | "wald";

/**
 * Families that are functions of standard normal numbers, here Z, by definition: Johnson, Kotz and
 * Balakrishnan, "Continuous Univariate Distributions" (1994 and 1995), unless another source stands
 * there. The parameters are those of the reference of scipy.stats.
 */
export const normalFamilies: Families<NormalFamilyName> = {
  // 1 / (a − Z), with Z below a.
  alpha: {
    shapes: { a: positive },
    support: fromZero,
    draw: (random, a) => 1 / (a - drawTruncatedNormal(random, -Infinity, a)),
  },
  crystalball: {
    shapes: { beta: positive, m: aboveOne },
    support: line,
    draw: crystalBall,
  },
  // Reed and Jorgensen (2004), equation 6.
  dpareto_lognorm: {
    shapes: { u: real, s: positive, a: positive, b: positive },
    support: fromZero,
    draw: (random, u, s, a, b) =>
      Math.exp(u + s * random.normal() + exponential(random) / a - exponential(random) / b),
  },
  exponnorm: {
    shapes: { K: positive },
    support: line,
    draw: (random, K) => random.normal() + K * exponential(random),
  },
  // Birnbaum and Saunders (1969): (y + √(y² + 1))², with y = c Z / 2.
  fatiguelife: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => Math.exp(2 * Math.asinh((c * random.normal()) / 2)),
  },
  foldnorm: {
    shapes: { c: notNegative },
    support: fromZero,
    draw: (random, c) => Math.abs(random.normal() + c),
  },
  gibrat: { shapes: {}, support: fromZero, draw: (random) => Math.exp(random.normal()) },
  halfnorm: { shapes: {}, support: fromZero, draw: (random) => Math.abs(random.normal()) },
  invgauss: { shapes: { mu: positive }, support: fromZero, draw: inverseGaussian },
  johnsonsb: {
    shapes: { a: real, b: positive },
    support: unit,
    draw: (random, a, b) => 1 / (1 + Math.exp((a - random.normal()) / b)),
  },
  johnsonsu: {
    shapes: { a: real, b: positive },
    support: line,
    draw: (random, a, b) => Math.sinh((random.normal() - a) / b),
  },
  levy: { shapes: {}, support: fromZero, draw: (random) => 1 / random.normal() ** 2 },
  levy_l: { shapes: {}, support: toZero, draw: (random) => -1 / random.normal() ** 2 },
  lognorm: {
    shapes: { s: positive },
    support: fromZero,
    draw: (random, s) => Math.exp(s * random.normal()),
  },
  // Its density is that of −log(Z²) (Walck, "Hand-book on statistical distributions", 2007, 26).
  moyal: { shapes: {}, support: line, draw: (random) => -Math.log(random.normal() ** 2) },
  // Barndorff-Nielsen (1978): a normal number whose variance is inverse Gaussian.
  norminvgauss: {
    shapes: { a: positive, b: real },
    conflict: (a, b) => (Math.abs(b) < a ? undefined : `needs |b| < a, got ${b} and ${a}`),
    support: line,
    draw(random, a, b) {
      const variance = inverseGaussian(random, 1 / (Math.sqrt(a - b) * Math.sqrt(a + b)));
      return b * variance + Math.sqrt(variance) * random.normal();
    },
  },
  powerlognorm: {
    shapes: { c: positive, s: positive },
    support: fromZero,
    draw: (random, c, s) => Math.exp(s * powerNormal(random, c)),
  },
  powernorm: { shapes: { c: positive }, support: line, draw: powerNormal },
  recipinvgauss: {
    shapes: { mu: positive },
    support: fromZero,
    draw: (random, mu) => 1 / inverseGaussian(random, mu),
  },
  rice: {
    shapes: { b: notNegative },
    support: fromZero,
    draw: (random, b) => Math.hypot(random.normal() + b, random.normal()),
  },
  // Azzalini (1985): δ|Z| + √(1 − δ²) Z', with δ = a / √(1 + a²).
  skewnorm: {
    shapes: { a: real },
    support: line,
    draw: (random, a) => (a * Math.abs(random.normal()) + random.normal()) / Math.hypot(1, a),
  },
  truncnorm: {
    shapes: { a: bound, b: bound },
    conflict: (a, b) => (a < b ? undefined : `needs a < b, got ${a} and ${b}`),
    support: (a, b) => [a, b],
    draw: drawTruncatedNormal,
  },
  wald: { shapes: {}, support: fromZero, draw: (random) => inverseGaussian(random, 1) },
};

/**
 * A normal number, or below −beta one of a power law, by their areas (Skwarnicki 1986). A normal number that
 * is down there is a failed attempt, of which there are fewer than one in two.
 */
function crystalBall(random: Random, beta: number, m: number): number {
  const tail = ((m / (m - 1)) * Math.exp((-beta * beta) / 2)) / beta;
  if (random.next() * (1 + Math.sqrt(2 * Math.PI) / tail) < 1) {
    return -beta - (m / beta) * Math.expm1(exponential(random) / (m - 1));
  }
  const number = random.normal();
  return number > -beta ? number : NaN;
}

/** What c normal numbers are all above, for a c that need not be whole (Gupta and Gupta 2008). */
function powerNormal(random: Random, c: number): number {
  return normalAbove(-exponential(random) / c);
}

/**
 * Mean mu, shape 1: Michael, Schucany and Haas, "Generating random variates using transformations with
 * multiple roots", The American Statistician 30 (1976). The roots are mu / r and mu · r.
 */
function inverseGaussian(random: Random, mu: number): number {
  const y = mu * random.normal() ** 2;
  const r = 1 + y / 2 + Math.sqrt(y) * Math.sqrt(1 + y / 4);
  return random.next() * (1 + r) <= r ? mu / r : mu * r;
}
