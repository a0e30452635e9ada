import { randomCauchy, randomGamma } from "d3-random";
import { type Random } from "../../util/random.ts";
import { type Draw } from "./family.ts";

/** A distribution of d3-random. */
interface Sampler {
  source(source: () => number): (...shapes: number[]) => () => number;
}

/**
 * Draws as d3-random does. Each draw has a sampler of its own: one that is kept remembers half of a pair
 * of normal numbers, and what it draws would depend on more than the state of the generator.
 */
export function fromD3(sampler: Sampler): Draw {
  return (random, ...shapes) => sampler.source(() => random.next())(...shapes)();
}

/** A number of the exponential distribution of mean 1. */
export function exponential(random: Random): number {
  return -Math.log1p(-random.next());
}

/** A number of the exponential distribution of mean 1, cut off at a bound. */
export function truncatedExponential(random: Random, bound: number): number {
  return -Math.log1p(random.next() * Math.expm1(-bound));
}

/** A number of the standard Cauchy distribution. */
export const cauchy: Draw = fromD3(randomCauchy);

/** A number of the standard Laplace distribution. */
export function laplace(random: Random): number {
  return randomSign(random) * exponential(random);
}

/** 1 or -1. */
export function randomSign(random: Random): number {
  return random.next() < 0.5 ? -1 : 1;
}

/** G(a), a number of the gamma distribution of shape a (Marsaglia and Tsang, ACM TOMS 26, 2000). */
export const gamma: Draw = fromD3(randomGamma);

/**
 * The logarithm of G(a). Where a is small, G(a) = G(a + 1) · U^(1/a) (Devroye 1986, IX.3) is often too
 * small for a number.
 */
export function logGamma(random: Random, a: number): number {
  if (a >= 1) return Math.log(gamma(random, a));
  return Math.log(gamma(random, a + 1)) - exponential(random) / a;
}

/** G(a) / (G(a) + G(b)) (Devroye 1986, IX.4). */
export function beta(random: Random, a: number, b: number): number {
  return 1 / (1 + Math.exp(logGamma(random, b) - logGamma(random, a)));
}

export function chiSquared(random: Random, df: number): number {
  return 2 * gamma(random, df / 2);
}

/** A chi-squared number over its degrees of freedom. */
export function meanSquare(random: Random, df: number): number {
  return chiSquared(random, df) / df;
}

/** (x^c − 1) / c of the logarithm of x; for c = 0 its limit, that logarithm (Box and Cox 1964). */
export function boxCox(logX: number, c: number): number {
  const power = c * logX;
  if (power < -40) return -1 / c; // Rounded, it might be beyond.
  return power === 0 ? logX : (logX * Math.expm1(power)) / power;
}

/** The exponential function of the number that has this one as its boxCox. */
export function inverseBoxCox(y: number, c: number): number {
  return Math.exp(c === 0 ? y : Math.log1p(c * y) / c);
}
