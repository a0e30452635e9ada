import { type Random } from "../../util/random.ts";
import { aboveMinusOne, notNegative, positive, real } from "./domains.ts";
import { type Families, fromZero, line, unit } from "./family.ts";
import { drawAroundPeak } from "./peak.ts";
import { cauchy, exponential, gamma, logGamma } from "./variates.ts";

export type RejectionFamilyName =
  "argus" | "gausshyper" | "genexpon" | "genhyperbolic" | "geninvgauss" | "rel_breitwigner";

/**
 * Families that take rejection (Devroye 1986, II.3): a number of another distribution is kept as often as the
 * density says. The others are a failed attempt.
 */
export const rejectionFamilies: Families<RejectionFamilyName> = {
  argus: { shapes: { chi: positive }, support: unit, draw: argus },
  gausshyper: {
    shapes: { a: positive, b: positive, c: real, z: aboveMinusOne },
    support: unit,
    draw: gaussHypergeometric,
  },
  genexpon: {
    shapes: { a: positive, b: positive, c: positive },
    support: fromZero,
    draw: generalExponential,
  },
  // Barndorff-Nielsen (1978): a normal number whose variance is generalized inverse Gaussian.
  genhyperbolic: {
    shapes: { p: real, a: notNegative, b: real },
    conflict(p, a, b) {
      if (p < 0 ? Math.abs(b) <= a : Math.abs(b) < a) return undefined;
      return `needs |b| ${p < 0 ? "≤" : "<"} a for p = ${p}, got ${b} and ${a}`;
    },
    support: line,
    draw(random, p, a, b) {
      const root = Math.sqrt(a - b) * Math.sqrt(a + b);
      const variance =
        root > 0 ? inverseGaussian(random, p, root) / root : Math.exp(-logGamma(random, -p)) / 2;
      return b * variance + Math.sqrt(variance) * random.normal();
    },
  },
  geninvgauss: { shapes: { p: real, b: positive }, support: fromZero, draw: inverseGaussian },
  rel_breitwigner: { shapes: { rho: positive }, support: fromZero, draw: breitWigner },
};

/**
 * √(1 − 2 Y / χ²) for a Y of G(1.5) up to χ² / 2 (Baumgarten 2023). Where that is too far below the mean of
 * G(1.5), Y comes from √y instead.
 */
function argus(random: Random, chi: number): number {
  const most = (chi * chi) / 2;
  if (most > 1.6) return Math.sqrt(1 - gamma(random, 1.5) / most);
  const share = random.next() ** (2 / 3);
  return exponential(random) >= most * share ? Math.sqrt(1 - share) : NaN;
}

/**
 * The first event at the rate a + b (1 − e^(−cx)) (Ryu 1993), of those that come at the rate a, and of others
 * thinned from the rate b · min(1, cx) (Lewis and Shedler 1979), which are kept at least six times in ten.
 */
function generalExponential(random: Random, a: number, b: number, c: number): number {
  const knee = b / c / 2;
  let expected = 0;
  for (;;) {
    expected += exponential(random);
    const x =
      expected < knee ? Math.sqrt((2 * expected) / b) / Math.sqrt(c) : expected / b + 1 / (2 * c);
    if (random.next() * Math.min(1, c * x) <= -Math.expm1(-c * x)) {
      return Math.min(exponential(random) / a, x);
    }
  }
}

/**
 * Of the logarithm, whose density is log-concave: Devroye, "Random variate generation for the generalized
 * inverse Gaussian distribution", Statistics and Computing 24 (2014).
 */
function inverseGaussian(random: Random, p: number, b: number): number {
  const [lambda, root] = [Math.abs(p), Math.hypot(p, b)];
  const alpha = (b / (root + lambda)) * b;
  const log = (x: number): number =>
    -2 * alpha * Math.sinh(x / 2) ** 2 - lambda * exponentialExcess(x);
  const x = drawAroundPeak(
    random,
    { log: (x) => log(-x), rate: (x) => alpha * Math.sinh(x) - lambda * Math.expm1(-x) },
    { log, rate: (x) => alpha * Math.sinh(x) + lambda * Math.expm1(x) },
  );
  const number = ((lambda + root) / b) * Math.exp(x);
  return p < 0 ? 1 / number : number;
}

/** e^x − 1 − x. */
function exponentialExcess(x: number): number {
  return Math.abs(x) < 1e-4 ? x * x * (1 / 2 + x / 6 + (x * x) / 24) : Math.expm1(x) - x;
}

/**
 * Of s = log(x / (1 − x)), in which the density x^a (1 − x)^b (1 + zx)^(−c) has one peak. The slope of its
 * logarithm is at most a and at least −b, and if that is not concave everywhere, one of its tails is not.
 */
function gaussHypergeometric(random: Random, a: number, b: number, c: number, z: number): number {
  const half = (a - b + z * (a - c)) / 2;
  const root = Math.hypot(half, Math.sqrt(a) * Math.sqrt(b) * Math.sqrt(1 + z));
  const odds = half < 0 ? a / (root - half) : (half + root) / (b * (1 + z));
  const [peak, rest] = [1 / (1 + 1 / odds), 1 / (1 + odds)];
  function log(s: number): number {
    const moved = (peak * rest) / (1 / Math.expm1(s) + peak);
    const rise = s > 0 ? s + Math.log1p(rest * Math.expm1(-s)) : Math.log1p(peak * Math.expm1(s));
    return a * s - (a + b) * rise - c * Math.log1p((z * moved) / (rest + (1 + z) * peak));
  }
  function slope(s: number): number {
    const [x, y] = [1 / (1 + Math.exp(-s) / odds), 1 / (1 + Math.exp(s) * odds)];
    return a * y - b * x - (c * z * x * y) / (y + (1 + z) * x);
  }
  const s = drawAroundPeak(
    random,
    { log: (distance) => log(-distance), rate: (distance) => Math.min(a, slope(-distance)) },
    { log, rate: (distance) => Math.min(b, -slope(distance)) },
  );
  return 1 / (1 + Math.exp(-s) / odds);
}

/**
 * Over ρ, a Cauchy number kept in the proportion of the factors x² − gx + r and x² + gx + r of the
 * density's denominator.
 */
function breitWigner(random: Random, rho: number): number {
  const r = Math.hypot(1, 1 / rho);
  const g = Math.sqrt(2 * (1 + r));
  const x = g / 2 + cauchy(random) / g / rho;
  return x > 0 && random.next() * (r + x * (x + g)) <= r ? rho * x : NaN;
}
