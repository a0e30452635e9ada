/**
 * How many numbers between two positive ones, both included, have at most `precision` significant
 * digits: 9 · 10^(precision − 1) for each decade, as in Oríon. Infinity for null.
 */
export function countRoundNumbers(low: number, high: number, precision: number | null): number {
  if (precision === null) return Infinity;
  const last = place(high, precision);
  const first = place(low, precision);
  return Math.floor(last) - Math.ceil(first) + 1;
}

/** The position among the round numbers, counted from 1; between two of them for any other. */
function place(number: number, precision: number): number {
  const [digits = "", exponent = "0"] = number.toExponential().split("e");
  const mantissa = digits.replace(".", "").padEnd(precision, "0");
  const leading = Number(mantissa.slice(0, precision));
  const rest = mantissa.length > precision ? 0.5 : 0;
  const smallest = 10 ** (precision - 1);
  return Number(exponent) * 9 * smallest + (leading - smallest) + rest;
}
