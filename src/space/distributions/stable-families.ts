import { type Random } from "../../util/random.ts";
import { fromMinusOneToOne, upToTwo } from "./domains.ts";
import { type Families, line } from "./family.ts";
import { exponential } from "./variates.ts";

export type StableFamilyName = "landau" | "levy_stable";

/** Families whose sums are of the same family. */
export const stableFamilies: Families<StableFamilyName> = {
  landau: { shapes: {}, support: line, draw: (random) => stable(random, 1, 1) },
  // In scipy's parametrization S1 a scale moves the distribution where alpha is 1.
  levy_stable: {
    shapes: { alpha: upToTwo, beta: fromMinusOneToOne },
    support: line,
    draw: stable,
    place: (number, loc, scale, alpha, beta) =>
      loc + scale * number + (alpha === 1 ? (2 / Math.PI) * beta * scale * Math.log(scale) : 0),
  },
};

/**
 * Chambers, Mallows and Stuck, "A method for simulating stable random variables", JASA 71 (1976), as Weron
 * corrected it (Statistics and Probability Letters 28, 1996).
 */
function stable(random: Random, alpha: number, beta: number): number {
  const angle = Math.PI * (random.next() - 0.5);
  const wait = exponential(random);
  if (alpha === 1) {
    const side = Math.PI / 2 + beta * angle;
    const skew = beta * Math.log((Math.PI * wait * Math.cos(angle)) / (2 * side));
    return (2 / Math.PI) * (side * Math.tan(angle) - skew);
  }
  const slant = beta * Math.tan((Math.PI * alpha) / 2);
  const turned = alpha * angle + Math.atan(slant);
  const ratio = (Math.cos(angle - turned) / wait) ** (1 - alpha);
  return Math.sin(turned) * ((Math.hypot(1, slant) * ratio) / Math.cos(angle)) ** (1 / alpha);
}
