import { randomPoisson } from "d3-random";
import { type Random } from "../../util/random.ts";
import { notNegative, notZero, positive, positiveCount, real } from "./domains.ts";
import { type Families, fromZero, line, unit } from "./family.ts";
import { beta, chiSquared, fromD3, gamma, logGamma, meanSquare, randomSign } from "./variates.ts";

export type GammaFamilyName =
  | "beta"
  | "betaprime"
  | "chi"
  | "chi2"
  | "dgamma"
  | "erlang"
  | "f"
  | "gamma"
  | "gengamma"
  | "gennorm"
  | "halfgennorm"
  | "invgamma"
  | "jf_skew_t"
  | "loggamma"
  | "maxwell"
  | "nakagami"
  | "ncf"
  | "nct"
  | "ncx2"
  | "pearson3"
  | "rdist"
  | "semicircular"
  | "t";

const poisson = fromD3(randomPoisson);

/**
 * Families that are functions of gamma variates, by definition: Johnson, Kotz and Balakrishnan, "Continuous
 * Univariate Distributions" (1994 and 1995). The parameters are those of the reference of scipy.stats.
 */
export const gammaFamilies: Families<GammaFamilyName> = {
  beta: { shapes: { a: positive, b: positive }, support: unit, draw: beta },
  betaprime: {
    shapes: { a: positive, b: positive },
    support: fromZero,
    draw: (random, a, b) => Math.exp(logGamma(random, a) - logGamma(random, b)),
  },
  chi: {
    shapes: { df: positive },
    support: fromZero,
    draw: (random, df) => Math.sqrt(chiSquared(random, df)),
  },
  chi2: { shapes: { df: positive }, support: fromZero, draw: chiSquared },
  dgamma: {
    shapes: { a: positive },
    support: line,
    draw: (random, a) => randomSign(random) * gamma(random, a),
  },
  erlang: { shapes: { a: positiveCount }, support: fromZero, draw: gamma },
  f: {
    shapes: { dfn: positive, dfd: positive },
    support: fromZero,
    draw: (random, dfn, dfd) => meanSquare(random, dfn) / meanSquare(random, dfd),
  },
  gamma: { shapes: { a: positive }, support: fromZero, draw: gamma },
  gengamma: {
    shapes: { a: positive, c: notZero },
    support: fromZero,
    draw: (random, a, c) => Math.exp(logGamma(random, a) / c),
  },
  gennorm: {
    shapes: { beta: positive },
    support: line,
    draw: (random, shape) => randomSign(random) * halfGeneralNormal(random, shape),
  },
  halfgennorm: { shapes: { beta: positive }, support: fromZero, draw: halfGeneralNormal },
  invgamma: {
    shapes: { a: positive },
    support: fromZero,
    draw: (random, a) => Math.exp(-logGamma(random, a)),
  },
  // Jones and Faddy (2003), of a beta variate B: √(a + b) (B − 1/2) / √(B (1 − B)).
  jf_skew_t: {
    shapes: { a: positive, b: positive },
    support: line,
    draw: (random, a, b) =>
      Math.sqrt(a + b) * Math.sinh((logGamma(random, a) - logGamma(random, b)) / 2),
  },
  loggamma: { shapes: { c: positive }, support: line, draw: logGamma },
  maxwell: { shapes: {}, support: fromZero, draw: (random) => Math.sqrt(chiSquared(random, 3)) },
  nakagami: {
    shapes: { nu: positive },
    support: fromZero,
    draw: (random, nu) => Math.sqrt(meanSquare(random, 2 * nu)),
  },
  ncf: {
    shapes: { dfn: positive, dfd: positive, nc: notNegative },
    support: fromZero,
    draw: (random, dfn, dfd, nc) =>
      noncentralChiSquared(random, dfn, nc) / dfn / meanSquare(random, dfd),
  },
  nct: {
    shapes: { df: positive, nc: real },
    support: line,
    draw: (random, df, nc) => (random.normal() + nc) / Math.sqrt(meanSquare(random, df)),
  },
  ncx2: {
    shapes: { df: positive, nc: notNegative },
    support: fromZero,
    draw: noncentralChiSquared,
  },
  pearson3: {
    shapes: { skew: real },
    support: line,
    draw: pearson3,
  },
  rdist: {
    shapes: { c: positive },
    support: [-1, 1],
    draw: (random, c) => 2 * beta(random, c / 2, c / 2) - 1,
  },
  semicircular: {
    shapes: {},
    support: [-1, 1],
    draw: (random) => 2 * beta(random, 1.5, 1.5) - 1,
  },
  t: {
    shapes: { df: positive },
    support: line,
    draw: (random, df) => random.normal() / Math.sqrt(meanSquare(random, df)),
  },
};

/** A mixture of chi-squared distributions, by a Poisson number (JKB 2, chapter 29). */
function noncentralChiSquared(random: Random, df: number, nc: number): number {
  return chiSquared(random, df + 2 * poisson(random, nc / 2));
}

function halfGeneralNormal(random: Random, shape: number): number {
  return Math.exp(logGamma(random, 1 / shape) / shape);
}

/** A gamma variate with mean 0 and deviation 1. As in scipy, hardly any skew is none. */
function pearson3(random: Random, skew: number): number {
  if (Math.abs(skew) < 1.6e-5) return random.normal();
  const a = 4 / skew ** 2;
  return ((gamma(random, a) - a) * skew) / 2;
}
