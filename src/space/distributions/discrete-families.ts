import { randomBernoulli, randomBinomial, randomGeometric, randomPoisson } from "d3-random";
import { type Random } from "../../util/random.ts";
import {
  aboveOne,
  count,
  notNegative,
  positive,
  positiveCount,
  positiveShare,
  properShare,
  share,
  shares,
} from "./domains.ts";
import { type Families, fromOne, fromZero, line, unit } from "./family.ts";
import { beta, boxCox, exponential, fromD3, gamma, inverseBoxCox } from "./variates.ts";

export type DiscreteFamilyName =
  | "bernoulli"
  | "betabinom"
  | "betanbinom"
  | "binom"
  | "boltzmann"
  | "dlaplace"
  | "geom"
  | "logser"
  | "nbinom"
  | "planck"
  | "poisson"
  | "poisson_binom"
  | "skellam"
  | "yulesimon"
  | "zipf"
  | "zipfian";

const binomial = fromD3(randomBinomial);
const poisson = fromD3(randomPoisson);

/**
 * Families of whole numbers, by definition: Johnson, Kemp and Kotz, "Univariate Discrete Distributions"
 * (2005), unless another source stands there. The parameters are those of the reference of scipy.stats.
 */
export const discreteFamilies: Families<DiscreteFamilyName> = {
  bernoulli: {
    discrete: true,
    shapes: { p: share },
    support: unit,
    draw: fromD3(randomBernoulli),
  },
  betabinom: {
    discrete: true,
    shapes: { n: count, a: positive, b: positive },
    support: (n) => [0, n],
    draw: (random, n, a, b) => binomial(random, n, beta(random, a, b)),
  },
  betanbinom: {
    discrete: true,
    shapes: { n: count, a: positive, b: positive },
    support: fromZero,
    draw: (random, n, a, b) => negativeBinomial(random, n, beta(random, a, b)),
  },
  binom: {
    discrete: true,
    shapes: { n: count, p: share },
    support: (n) => [0, n],
    draw: binomial,
  },
  boltzmann: {
    discrete: true,
    shapes: { lambda_: positive, N: positiveCount },
    support: (_, N) => [0, N - 1],
    draw: (random, lambda, N) =>
      Math.floor(-Math.log1p(random.next() * Math.expm1(-lambda * N)) / lambda),
  },
  dlaplace: {
    discrete: true,
    shapes: { a: positive },
    support: line,
    draw: (random, a) => planck(random, a) - planck(random, a),
  },
  geom: {
    discrete: true,
    shapes: { p: positiveShare },
    support: fromOne,
    draw: fromD3(randomGeometric),
  },
  // Kemp (1981): geometric, with a parameter that is random (Devroye 1986, X.5.1).
  logser: {
    discrete: true,
    shapes: { p: properShare },
    support: fromOne,
    draw(random, p) {
      const q = -Math.expm1(Math.log1p(-p) * random.next());
      return 1 + Math.floor(exponential(random) / -Math.log(q));
    },
  },
  nbinom: {
    discrete: true,
    shapes: { n: positive, p: positiveShare },
    support: fromZero,
    draw: negativeBinomial,
  },
  planck: { discrete: true, shapes: { lambda_: positive }, support: fromZero, draw: planck },
  poisson: { discrete: true, shapes: { mu: notNegative }, support: fromZero, draw: poisson },
  poisson_binom: {
    discrete: true,
    shapes: { p: shares },
    support: (...p) => [0, p.length],
    draw: (random, ...p) => p.filter((chance) => random.next() < chance).length,
  },
  skellam: {
    discrete: true,
    shapes: { mu1: positive, mu2: positive },
    support: line,
    draw: (random, mu1, mu2) => poisson(random, mu1) - poisson(random, mu2),
  },
  // Geometric with the parameter exp(−E / alpha) (Devroye 1986, X.6.3).
  yulesimon: {
    discrete: true,
    shapes: { alpha: positive },
    support: fromOne,
    draw(random, alpha) {
      const p = Math.exp(-exponential(random) / alpha);
      return 1 + Math.floor(exponential(random) / -Math.log1p(-p));
    },
  },
  zipf: { discrete: true, shapes: { a: aboveOne }, support: fromOne, draw: zipf },
  zipfian: {
    discrete: true,
    shapes: { a: notNegative, n: positiveCount },
    support: (_, n) => [1, n],
    draw: zipfian,
  },
};

/** A geometric number, counted from 0. */
function planck(random: Random, lambda: number): number {
  return Math.floor(exponential(random) / lambda);
}

/** Failures before n successes: Poisson, with a mean that is a gamma variate. */
function negativeBinomial(random: Random, n: number, p: number): number {
  return poisson(random, (gamma(random, n) * (1 - p)) / p);
}

/** One attempt of the rejection of Devroye (1986), X.6.1. */
function zipf(random: Random, a: number): number {
  const number = Math.floor((1 - random.next()) ** (-1 / (a - 1)));
  if (number === 1) return 1;
  const t = (1 + 1 / number) ** (a - 1);
  const b = 2 ** (a - 1);
  return (random.next() * number * (t - 1)) / (b - 1) <= t / b ? number : NaN;
}

/**
 * One attempt of rejection-inversion: Hörmann and Derflinger, "Rejection-inversion to generate variates from
 * monotone discrete distributions", ACM TOMACS 6 (1996).
 */
function zipfian(random: Random, a: number, n: number): number {
  const area = (x: number): number => boxCox(Math.log(x), 1 - a);
  const least = area(1.5) - 1;
  const place = least + random.next() * (area(n + 0.5) - least);
  const number = Math.min(n, Math.max(1, Math.round(inverseBoxCox(place, 1 - a))));
  return place >= area(number + 0.5) - number ** -a ? number : NaN;
}
