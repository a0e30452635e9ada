import { randomBinomial } from "d3-random";
import { type Random } from "../../util/random.ts";
import { count, positive } from "./domains.ts";
import { type Families, type Interval } from "./family.ts";
import { beta, fromD3 } from "./variates.ts";

export type UrnFamilyName =
  "hypergeom" | "nchypergeom_fisher" | "nchypergeom_wallenius" | "nhypergeom";

const binomial = fromD3(randomBinomial);

/**
 * Families of how many of the n marked things among M are taken: of N that are taken, each thing with the
 * same weight, or marked ones with `odds` times that of others (Fog, "Sampling methods for Wallenius' and
 * Fisher's noncentral hypergeometric distributions", 2008); or before the r-th other one.
 */
export const urnFamilies: Families<UrnFamilyName> = {
  hypergeom: {
    discrete: true,
    shapes: { M: count, n: count, N: count },
    conflict: needsEnough,
    support: takenMarked,
    draw: hypergeometric,
  },
  nchypergeom_fisher: {
    discrete: true,
    shapes: { M: count, n: count, N: count, odds: positive },
    conflict: needsEnough,
    support: takenMarked,
    draw: (random, M, n, N, odds) =>
      odds > 1 ? N - fisher(random, M - n, n, N, 1 / odds) : fisher(random, n, M - n, N, odds),
  },
  nchypergeom_wallenius: {
    discrete: true,
    shapes: { M: count, n: count, N: count, odds: positive },
    conflict: needsEnough,
    support: takenMarked,
    draw: (random, M, n, N, odds) =>
      odds < 1
        ? N - wallenius(random, M - n, n, N, 1 / odds)
        : wallenius(random, n, M - n, N, odds),
  },
  // If the places of all are uniform numbers, that of the r-th other one is a beta variate.
  nhypergeom: {
    discrete: true,
    shapes: { M: count, n: count, r: count },
    conflict: (M, n, r) =>
      n + r <= M ? undefined : `needs n + r of at most M = ${M}, got ${n} and ${r}`,
    support: (_, n) => [0, n],
    draw: (random, M, n, r) => (r === 0 ? 0 : binomial(random, n, beta(random, r, M - n - r + 1))),
  },
};

function needsEnough(M: number, n: number, N: number): string | undefined {
  if (n <= M && N <= M) return undefined;
  return `needs n and N of at most M = ${M}, got ${n} and ${N}`;
}

function takenMarked(M: number, n: number, N: number): Interval {
  return [Math.max(0, N - (M - n)), Math.min(n, N)];
}

/**
 * How many of N things, taken out of M, are among n marked ones. Each thing is taken with probability N / M.
 * Of those that are too many, or of the rest where they are too few, as many as are missing are taken: that
 * is the same problem with about √N things.
 */
function hypergeometric(random: Random, M: number, n: number, N: number): number {
  if (N === 0) return 0;
  const marked = binomial(random, n, N / M);
  const others = binomial(random, M - n, N / M);
  const surplus = marked + others - N;
  if (surplus > 0) return marked - hypergeometric(random, marked + others, marked, surplus);
  return marked + hypergeometric(random, M - marked - others, n - marked, -surplus);
}

/**
 * How many of the first N things that are taken are quick ones, where each thing waits an exponential time,
 * quick ones at the rate `odds` ≥ 1, slow ones at 1. How many were taken at a time within the span that is
 * looked at is binomial, and what is before or after that time is the same problem: with about √N things, if
 * it is the time at which N are expected.
 */
function wallenius(random: Random, quick: number, slow: number, N: number, odds: number): number {
  let [taken, span] = [0, Infinity];
  while (N > 0 && quick > 0 && slow > 0 && N < quick + slow) {
    const timeOf = (share: number): number => -Math.log1p(share * Math.expm1(-span));
    const quickBy = (time: number): number => Math.expm1(-odds * time) / Math.expm1(-odds * span);
    let [low, high] = [0, 1];
    for (let bit = 0; bit < 40; bit++) {
      const share = (low + high) / 2;
      if (quick * quickBy(timeOf(share)) + slow * share < N) low = share;
      else high = share;
    }
    const time = timeOf(high);
    // Within a time too short for numbers, all are alike.
    if (!(time > 0 && time < span)) return taken + hypergeometric(random, quick + slow, quick, N);
    const quickOnes = binomial(random, quick, quickBy(time));
    const slowOnes = binomial(random, slow, high);
    if (quickOnes + slowOnes > N) {
      [quick, slow, span] = [quickOnes, slowOnes, time];
    } else {
      taken += quickOnes;
      [quick, slow] = [quick - quickOnes, slow - slowOnes];
      [N, span] = [N - quickOnes - slowOnes, span - time];
    }
  }
  return taken + Math.min(N, quick);
}

/**
 * One attempt at how many of N things that are taken are among n marked ones, not m others, with odds ≤ 1: two
 * binomial numbers that happen to have the sum N, with chances by which N is their mean. The one that varies
 * less is drawn, and kept in the proportion of the probability of what the other one would have to be.
 */
function fisher(random: Random, n: number, m: number, N: number, odds: number): number {
  const [least, most] = takenMarked(n + m, n, N);
  if (least === most) return least;
  // odds (n + m − N) r² + 2 half r = N, where r are the odds of the others.
  const square = odds * (n + m - N);
  const half = (odds * n + m - (1 + odds) * N) / 2;
  const root = Math.hypot(half, Math.sqrt(square) * Math.sqrt(N));
  const others = half > 0 ? N / (half + root) : (root - half) / square;
  const marked = odds * others;
  const variance = (count: number, oddsOfOne: number): number =>
    count / (1 + oddsOfOne) / (1 + 1 / oddsOfOne);
  if (variance(n, marked) < variance(m, others)) {
    const number = binomial(random, n, 1 / (1 + 1 / marked));
    return random.next() <= binomialOverPeak(m, others, N - number) ? number : NaN;
  }
  const number = binomial(random, m, 1 / (1 + 1 / others));
  return random.next() <= binomialOverPeak(n, marked, N - number) ? N - number : NaN;
}

/** The probability of k out of n with these odds of each, over the greatest that there is. */
function binomialOverPeak(n: number, odds: number, k: number): number {
  if (k < 0 || k > n) return 0;
  const peak = Math.min(n, Math.floor((n + 1) / (1 + 1 / odds)));
  const ways = logFactorialRatio(peak, k) + logFactorialRatio(n - peak, n - k);
  return Math.exp(ways + (k - peak) * Math.log(odds));
}

/** log(a! / b!), so that near numbers lose no digits: eight factors, and Stirling's series from there on. */
function logFactorialRatio(a: number, b: number): number {
  let factors = 1;
  for (let k = 1; k <= 8; k++) factors *= (b + k) / (a + k);
  const [x, y] = [a + 8, b + 8];
  const rest = (number: number): number => 1 / (12 * number) - 1 / (360 * number ** 3);
  return (
    Math.log(factors) +
    (a - b) * (Math.log(y) - 1) +
    (x + 0.5) * Math.log1p((a - b) / y) +
    (rest(x) - rest(y))
  );
}
