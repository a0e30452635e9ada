import { randomLogistic, randomPareto } from "d3-random";
import { type Random } from "../../util/random.ts";
import { type Families, fromOne, fromZero, line, unit } from "./family.ts";
import { aboveOne, betweenOnes, notNegative, notZero, positive, real, share } from "./domains.ts";
import { boxCox, cauchy, exponential, fromD3, laplace, truncatedExponential } from "./variates.ts";

export type ClosedFormName =
  | "anglit"
  | "arcsine"
  | "bradford"
  | "burr"
  | "burr12"
  | "cauchy"
  | "expon"
  | "exponpow"
  | "fisk"
  | "foldcauchy"
  | "genhalflogistic"
  | "genlogistic"
  | "genpareto"
  | "gompertz"
  | "halfcauchy"
  | "halflogistic"
  | "hypsecant"
  | "kappa3"
  | "laplace"
  | "laplace_asymmetric"
  | "logistic"
  | "loglaplace"
  | "lomax"
  | "mielke"
  | "pareto"
  | "powerlaw"
  | "rayleigh"
  | "skewcauchy"
  | "trapezoid"
  | "triang"
  | "truncexpon"
  | "truncpareto"
  | "tukeylambda";

const logistic = fromD3(randomLogistic);

/**
 * Families whose quantile function is elementary, so that it turns a uniform number into one of theirs
 * (Devroye 1986, II.2). It follows from the distribution function in the reference of scipy.stats. Where
 * it has −log(1 − u) or −log(u), an exponential number stands for that.
 */
export const closedForms: Families<ClosedFormName> = {
  anglit: {
    shapes: {},
    support: [-Math.PI / 4, Math.PI / 4],
    draw: (random) => Math.asin(Math.sqrt(random.next())) - Math.PI / 4,
  },
  arcsine: {
    shapes: {},
    support: unit,
    draw: (random) => Math.sin((Math.PI / 2) * random.next()) ** 2,
  },
  bradford: {
    shapes: { c: positive },
    support: unit,
    draw: (random, c) => Math.expm1(random.next() * Math.log1p(c)) / c,
  },
  burr: {
    shapes: { c: positive, d: positive },
    support: fromZero,
    draw: (random, c, d) => Math.expm1(exponential(random) / d) ** (-1 / c),
  },
  burr12: {
    shapes: { c: positive, d: positive },
    support: fromZero,
    draw: (random, c, d) => Math.expm1(exponential(random) / d) ** (1 / c),
  },
  cauchy: { shapes: {}, support: line, draw: cauchy },
  expon: { shapes: {}, support: fromZero, draw: exponential },
  exponpow: {
    shapes: { b: positive },
    support: fromZero,
    draw: (random, b) => Math.log1p(exponential(random)) ** (1 / b),
  },
  fisk: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => Math.exp(logistic(random) / c),
  },
  foldcauchy: {
    shapes: { c: notNegative },
    support: fromZero,
    draw: (random, c) => Math.abs(cauchy(random) + c),
  },
  genhalflogistic: {
    shapes: { c: positive },
    support: (c) => [0, 1 / c],
    draw: (random, c) => -boxCox(-2 * Math.atanh(random.next()), c),
  },
  genlogistic: {
    shapes: { c: positive },
    support: line,
    draw: (random, c) => -Math.log(Math.expm1(exponential(random) / c)),
  },
  genpareto: {
    shapes: { c: real },
    support: (c) => [0, c < 0 ? -1 / c : Infinity],
    draw: (random, c) => boxCox(exponential(random), c),
  },
  gompertz: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => Math.log1p(exponential(random) / c),
  },
  halfcauchy: { shapes: {}, support: fromZero, draw: (random) => Math.abs(cauchy(random)) },
  halflogistic: {
    shapes: {},
    support: fromZero,
    draw: (random) => 2 * Math.atanh(random.next()),
  },
  hypsecant: {
    shapes: {},
    support: line,
    draw: (random) => Math.log(Math.tan((Math.PI / 2) * random.next())),
  },
  kappa3: {
    shapes: { a: positive },
    support: fromZero,
    draw: (random, a) => (a / Math.expm1(a * exponential(random))) ** (1 / a),
  },
  laplace: { shapes: {}, support: line, draw: laplace },
  laplace_asymmetric: {
    shapes: { kappa: positive },
    support: line,
    draw: (random, kappa) => exponential(random) / kappa - exponential(random) * kappa,
  },
  logistic: { shapes: {}, support: line, draw: logistic },
  loglaplace: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => Math.exp(laplace(random) / c),
  },
  lomax: {
    shapes: { c: positive },
    support: fromZero,
    draw: (random, c) => Math.expm1(exponential(random) / c),
  },
  mielke: {
    shapes: { k: positive, s: positive },
    support: fromZero,
    draw: (random, k, s) => Math.expm1((exponential(random) * s) / k) ** (-1 / s),
  },
  pareto: { shapes: { b: positive }, support: fromOne, draw: fromD3(randomPareto) },
  powerlaw: {
    shapes: { a: positive },
    support: unit,
    draw: (random, a) => Math.exp(-exponential(random) / a),
  },
  rayleigh: {
    shapes: {},
    support: fromZero,
    draw: (random) => Math.sqrt(2 * exponential(random)),
  },
  skewcauchy: {
    shapes: { a: betweenOnes },
    support: line,
    draw(random, a) {
      const side = random.next() < (1 + a) / 2 ? 1 : -1;
      return (side + a) * Math.abs(cauchy(random));
    },
  },
  trapezoid: {
    shapes: { c: share, d: share },
    conflict: (c, d) => (c <= d ? undefined : `needs c ≤ d, got ${c} and ${d}`),
    support: unit,
    draw: trapezoid,
  },
  triang: { shapes: { c: share }, support: unit, draw: (random, c) => trapezoid(random, c, c) },
  truncexpon: {
    shapes: { b: positive },
    support: (b) => [0, b],
    draw: truncatedExponential,
  },
  // Turned around, a rising one is a falling one.
  truncpareto: {
    shapes: { b: notZero, c: aboveOne },
    support: (_, c) => [1, c],
    draw(random, b, c) {
      const rate = Math.abs(b);
      const number = Math.exp(truncatedExponential(random, rate * Math.log(c)) / rate);
      return b > 0 ? number : c / number;
    },
  },
  tukeylambda: {
    shapes: { lam: real },
    support: (lam) => (lam > 0 ? [-1 / lam, 1 / lam] : line),
    draw(random, lam) {
      const u = random.next();
      return boxCox(Math.log(u), lam) - boxCox(Math.log1p(-u), lam);
    },
  },
};

/** From a density that rises up to c, is level up to d, and falls. */
function trapezoid(random: Random, c: number, d: number): number {
  const area = random.next() * (1 + d - c);
  if (area < c) return Math.sqrt(c * area);
  if (area < 2 * d - c) return (area + c) / 2;
  return 1 - Math.sqrt((1 - d) * (1 + d - c - area));
}
