import { type Random } from "../../util/random.ts";

/**
 * A number of the standard normal distribution between two bounds, which may be infinite.
 * C. P. Robert, "Simulation of truncated normal variables", Statistics and Computing 5 (1995):
 * rejection from the proposal that fits the interval, so that far tails are as quick as the middle.
 */
export function drawTruncatedNormal(random: Random, low: number, high: number): number {
  if (low === high) return low;
  if (high <= 0) return -drawTruncatedNormal(random, -high, -low);
  if (low < 0) {
    return high - low > Math.sqrt(2 * Math.PI)
      ? drawByRetrying(random, low, high)
      : drawFromUniform(random, low, high);
  }
  // That far out all of it lies within 1 / low of the bound, and squares may overflow.
  if (low > 1e8) return low;
  const root = Math.sqrt(low * low + 4);
  const wide = (2 / (low + root)) * Math.exp((low * low - low * root) / 4 + 0.5);
  return high > low + wide
    ? drawFromExponential(random, low, high, (low + root) / 2)
    : drawFromUniform(random, low, high);
}

function drawByRetrying(random: Random, low: number, high: number): number {
  for (;;) {
    const number = random.normal();
    if (number >= low && number <= high) return number;
  }
}

function drawFromUniform(random: Random, low: number, high: number): number {
  const peak = low > 0 ? low : 0;
  for (;;) {
    const number = low + (high - low) * random.next();
    if (random.next() <= Math.exp((peak * peak - number * number) / 2)) return number;
  }
}

function drawFromExponential(random: Random, low: number, high: number, rate: number): number {
  for (;;) {
    const number = low - Math.log(1 - random.next()) / rate;
    if (number <= high && random.next() <= Math.exp(-((number - rate) ** 2) / 2)) return number;
  }
}
