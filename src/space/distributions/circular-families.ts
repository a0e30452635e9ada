import { type Random } from "../../util/random.ts";
import { notNegative, properShare } from "./domains.ts";
import { type Families, type Interval, line } from "./family.ts";

export type CircularFamilyName = "cosine" | "vonmises" | "vonmises_line" | "wrapcauchy";

const circle: Interval = [-Math.PI, Math.PI];

/** Families of angles: Mardia and Jupp, "Directional Statistics" (2000), 3.5. */
export const circularFamilies: Families<CircularFamilyName> = {
  cosine: { shapes: {}, support: circle, draw: cosine },
  // As in scipy any number is an angle, but those that are drawn are between -π and π.
  vonmises: {
    shapes: { kappa: notNegative },
    support: line,
    draw: vonMises,
    place: (angle, loc, scale) => wrap(loc + scale * angle),
  },
  vonmises_line: { shapes: { kappa: notNegative }, support: circle, draw: vonMises },
  // A Möbius transformation of the circle, which takes a uniform angle to one around 0.
  wrapcauchy: {
    shapes: { c: properShare },
    support: [0, 2 * Math.PI],
    draw(random, c) {
      const angle = 2 * Math.atan(((1 - c) / (1 + c)) * tangentOfHalf(random));
      return angle < 0 ? angle + 2 * Math.PI : angle;
    },
  },
};

/** The tangent of half a uniform angle. */
function tangentOfHalf(random: Random): number {
  return Math.tan(Math.PI * (random.next() - 0.5));
}

/** What the rejection of a uniform angle refuses here, it would accept on the other side of the circle. */
function cosine(random: Random): number {
  const angle = Math.PI * (2 * random.next() - 1);
  if (2 * random.next() < 1 + Math.cos(angle)) return angle;
  return angle < 0 ? angle + Math.PI : angle - Math.PI;
}

/**
 * One attempt of the rejection from a wrapped Cauchy distribution of Best and Fisher, "Efficient simulation
 * of the von Mises distribution", Applied Statistics 28 (1979). In terms of half the angle it is as exact for
 * great kappa, where all angles are small, as for kappa = 0, where they are uniform.
 */
function vonMises(random: Random, kappa: number): number {
  const spread = 2 * kappa + Math.hypot(1, 2 * kappa);
  const tangent = tangentOfHalf(random) / Math.sqrt(spread);
  const sine = tangent / Math.hypot(1, tangent);
  const excess = (1 + 1 / spread) / 2 + 2 * kappa * sine * sine;
  return random.next() <= excess * Math.exp(1 - excess) ? 2 * Math.atan(tangent) : NaN;
}

/** The same angle, from -π to π. */
function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
