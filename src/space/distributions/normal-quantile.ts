/**
 * The number that a standard normal one is above with probability p, of the logarithm of p: Newton's method
 * on the logarithm of that probability. The bound exp(−x² / 2) / 2 of it gives a start from which
 * it goes one way, and quickly, as the logarithm is concave.
 */
export function normalAbove(logP: number): number {
  if (logP > -Math.LN2) return -normalAbove(Math.log(-Math.expm1(logP)));
  let x = Math.sqrt(-2 * (logP + Math.LN2));
  for (let step = 0; step < 8; step++) {
    const ratio = millsRatio(x);
    x += ratio * (Math.log(ratio) - (x * x + Math.log(2 * Math.PI)) / 2 - logP);
  }
  return x;
}

/**
 * The probability above x ≥ 0 over the density there: by its series, and far out by Laplace's continued fraction
 * (Abramowitz and Stegun 1964, 26.2.11 and 26.2.14).
 */
function millsRatio(x: number): number {
  if (x > 2) {
    let tail = x;
    for (let k = 60; k > 0; k--) tail = x + k / tail;
    return 1 / tail;
  }
  let term = x;
  let sum = 0;
  for (let k = 3; sum + term > sum; k += 2) {
    sum += term;
    term *= (x * x) / k;
  }
  return Math.sqrt(Math.PI / 2) * Math.exp((x * x) / 2) - sum;
}
