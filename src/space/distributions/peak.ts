import { type Random } from "../../util/random.ts";
import { exponential } from "./variates.ts";

/** One side of a density that falls from a peak, by the distance from that. */
export interface Side {
  /** The logarithm of the density over that at the peak. */
  readonly log: (distance: number) => number;
  /** The rate at which the density falls at least, on the whole, from there on: of a log-concave one, there. */
  readonly rate: (distance: number) => number;
}

/**
 * One attempt at a number of a density with its peak at 0: rejection from what is level around the peak and
 * falls exponentially beyond, as Devroye, "Random variate generation for the generalized inverse Gaussian
 * distribution", Statistics and Computing 24 (2014), has it for one log-concave density.
 */
export function drawAroundPeak(random: Random, left: Side, right: Side): number {
  const [below, above] = [hatOf(left), hatOf(right)];
  const place = random.next() * (below.area + above.area);
  const sign = place < below.area ? -1 : 1;
  const side = sign === -1 ? left : right;
  const { reach, height, rate, area } = sign === -1 ? below : above;
  const isLevel = random.next() * area < reach;
  const beyond = exponential(random) / rate;
  const distance = isLevel ? random.next() * reach : reach + beyond;
  const logHat = isLevel ? 0 : height - rate * beyond;
  return Math.log(random.next()) + logHat <= side.log(distance) ? sign * distance : NaN;
}

/** Level as far, to a power of two, as gives the rest about the same area. */
function hatOf({ log, rate }: Side): {
  readonly reach: number;
  readonly height: number;
  readonly rate: number;
  readonly area: number;
} {
  let [short, far] = [-1074, 1023];
  while (far - short > 1) {
    const middle = Math.floor((short + far) / 2);
    const reach = 2 ** middle;
    if (Math.exp(log(reach)) > reach * rate(reach)) short = middle;
    else far = middle;
  }
  const reach = 2 ** far;
  const [height, fall] = [log(reach), rate(reach)];
  return { reach, height, rate: fall, area: reach + Math.exp(height) / fall };
}
