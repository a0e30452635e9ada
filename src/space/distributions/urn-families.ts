import { randomBinomial } from "d3-random";
import { type Random } from "../../util/random.ts";
import { count } from "./domains.ts";
import { type Families } from "./family.ts";
import { fromD3 } from "./variates.ts";

export type UrnFamilyName = "hypergeom";

const binomial = fromD3(randomBinomial);

/** Families of how many marked things are among those that are taken out of an urn. */
export const urnFamilies: Families<UrnFamilyName> = {
  hypergeom: {
    discrete: true,
    shapes: { M: count, n: count, N: count },
    conflict: (M, n, N) =>
      n <= M && N <= M ? undefined : `needs n and N of at most M = ${M}, got ${n} and ${N}`,
    support: (M, n, N) => [Math.max(0, N - (M - n)), Math.min(n, N)],
    draw: hypergeometric,
  },
};

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
