import { randomBinomial } from "d3-random";
import { type Random } from "../../util/random.ts";
import { aboveOne, positive, positiveCount } from "./domains.ts";
import { type Families, fromZero, unit } from "./family.ts";
import { normalAbove } from "./normal-quantile.ts";
import { exponential, fromD3, gamma, meanSquare } from "./variates.ts";

export type StatisticsFamilyName =
  "irwinhall" | "ksone" | "kstwo" | "kstwobign" | "studentized_range";

const binomial = fromD3(randomBinomial);

/** Families of what is computed of a sample: sums, ranges, and the statistics of Kolmogorov and Smirnov. */
export const statisticsFamilies: Families<StatisticsFamilyName> = {
  irwinhall: { shapes: { n: positiveCount }, support: (n) => [0, n], draw: uniformSum },
  ksone: {
    shapes: { n: positiveCount },
    support: unit,
    draw: (random, n) =>
      n > largestSample
        ? fromLimit(Math.sqrt(exponential(random) / 2), n)
        : greatestGaps(random, n).above,
  },
  kstwo: {
    shapes: { n: positiveCount },
    support: (n) => [0.5 / n, 1],
    draw(random, n) {
      if (n > largestSample) return fromLimit(kolmogorov(random), n);
      const { above, below } = greatestGaps(random, n);
      return Math.max(above, below);
    },
  },
  kstwobign: { shapes: {}, support: fromZero, draw: kolmogorov },
  // As u and 1 − v, the ends of k ordered uniform numbers are two parts of a Dirichlet vector of (1, k − 1, 1).
  studentized_range: {
    shapes: { k: aboveOne, df: positive },
    support: fromZero,
    draw(random, k, df) {
      const [first, last] = [exponential(random), exponential(random)];
      const logSum = Math.log(first + gamma(random, k - 1) + last);
      const range = normalAbove(Math.log(first) - logSum) + normalAbove(Math.log(last) - logSum);
      return Math.max(0, range) / Math.sqrt(meanSquare(random, df));
    },
  },
};

/**
 * A sum of n uniform numbers. Of many, each of the first eight binary digits has a binomial sum; the sum of
 * all that follow is so small a part that it may as well be normal.
 */
function uniformSum(random: Random, n: number): number {
  let sum = 0;
  if (n <= 64) {
    for (let left = n; left > 0; left--) sum += random.next();
    return sum;
  }
  for (let digit = 1; digit <= 8; digit++) sum += binomial(random, n, 0.5) / 2 ** digit;
  return sum + (n / 2 + Math.sqrt(n / 12) * random.normal()) / 2 ** 8;
}

/** The largest sample that is drawn number by number. */
const largestSample = 3000;

/**
 * How far the distribution function of a sample of n uniform numbers gets above and below that of all. The
 * numbers come in order: exponential numbers have the gaps E / n, E / (n − 1), … (Rényi 1953).
 */
function greatestGaps(random: Random, n: number): { above: number; below: number } {
  let [sum, above, below] = [0, 0, 0];
  for (let index = 1; index <= n; index++) {
    sum += exponential(random) / (n - index + 1);
    const number = -Math.expm1(-sum);
    above = Math.max(above, index / n - number);
    below = Math.max(below, number - (index - 1) / n);
  }
  return { above, below };
}

/**
 * The statistic of a large sample, of a number of the distribution that √n times it tends to: with the second
 * term of the expansion of Pelz and Good (1976) all probabilities are off by less than 0.2 / n.
 */
function fromLimit(limit: number, n: number): number {
  return (limit - 1 / (6 * Math.sqrt(n))) / Math.sqrt(n);
}

/** A number of Kolmogorov's distribution, of which 5 is beyond all digits: its quantile, by bisection. */
function kolmogorov(random: Random): number {
  const probability = random.next();
  let [low, high] = [0, 5];
  for (let bit = 0; bit < 53; bit++) {
    const middle = (low + high) / 2;
    if (kolmogorovBelow(middle) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of numbers below x: its series for small x (Feller 1948), which has enough terms for 5. */
function kolmogorovBelow(x: number): number {
  let sum = 0;
  for (let k = 1; k < 32; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
  return (Math.sqrt(2 * Math.PI) / x) * sum;
}
