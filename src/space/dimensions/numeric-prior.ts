import { type Random } from "../../util/random.ts";
import { type NumericPrior, type PriorDefinition } from "../definition.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { type FieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { isNumberBetween } from "./number-between.ts";
import { fillShape, hasShape, readShape, type Shape, shapeSize, shapeText } from "./shape.ts";

/** The fields of every numeric prior beside those of its distribution. */
export const numericPriorFields = ["discrete", "precision", "shape", "default"] as const;

/** Oríon's number of significant digits. */
const defaultPrecision = 4;

/** What the numeric priors have in common, read and checked. */
interface NumericOptions {
  /** The bounds; whole numbers when discrete; infinite where there is none. */
  readonly low: number;
  readonly high: number;
  readonly discrete: boolean;
  /** Null for all digits. */
  readonly precision: number | null;
  readonly shape: Shape;
  /** As a definition holds them. */
  readonly stored: NumericPrior;
}

/**
 * Reads the common fields of a prior between `low` and `high`. `whole`: its numbers are whole anyway, which
 * goes without saying in its definition.
 */
export function readNumericOptions(
  fields: FieldReader,
  low: number,
  high: number,
  whole = false,
): NumericOptions {
  if (low > high) throw fields.problem(`needs low ≤ high, got ${low} and ${high}`);
  const discrete = fields.flag("discrete") || whole;
  if (whole && fields.raw("discrete") === false) {
    throw fields.problem("gives whole numbers only, so it cannot have discrete=False");
  }
  const bounds = discrete ? wholeBounds(fields, low, high) : { low, high };
  const precision = readPrecision(fields);
  const shape = readShape(fields);
  const fallback = fields.has("default") ? fields.value("default") : undefined;
  const stored: NumericPrior = {
    ...(discrete && !whole && { discrete }),
    ...(!discrete && precision !== defaultPrecision && { precision }),
    ...(shape && { shape }),
    ...(fallback !== undefined && { default: fallback }),
  };
  const options: NumericOptions = { ...bounds, discrete, precision, shape, stored };
  if (fallback !== undefined && !admits(options, fallback)) {
    throw fields.problem(
      `has a default of ${pythonLiteral(fallback)}, but needs ${accepted(options)}`,
    );
  }
  return options;
}

function wholeBounds(
  fields: FieldReader,
  low: number,
  high: number,
): { low: number; high: number } {
  const bounds = { low: Math.ceil(low), high: Math.floor(high) };
  const count = bounds.high - bounds.low + 1;
  if (count < 1) throw fields.problem(`has no whole number between ${low} and ${high}`);
  const exact = Object.values(bounds).every((bound) => Math.abs(bound) < 2 ** 53);
  if (Number.isFinite(count) && !(exact && count <= 2 ** 53)) {
    throw fields.problem(`needs fewer than 2^53 whole numbers, got ${low} to ${high}`);
  }
  return bounds;
}

function readPrecision(fields: FieldReader): number | null {
  const precision = fields.raw("precision");
  if (precision === undefined) return defaultPrecision;
  if (precision === null) return null;
  if (typeof precision === "number" && Number.isSafeInteger(precision) && precision >= 1) {
    return precision;
  }
  throw fields.problem(
    `needs a precision of at least 1 digit, or null, got ${pythonLiteral(precision)}`,
  );
}

/** The leaf of a numeric prior. */
export function createPriorLeaf(prior: {
  readonly definition: PriorDefinition;
  readonly options: NumericOptions;
  /** The distribution's name and arguments in Oríon's notation. */
  readonly call: { readonly name: string; readonly args: readonly string[] };
  /** How many single numbers there are. */
  readonly cardinality: number;
  /** Draws a number of the distribution, whole when discrete. */
  readonly draw: (random: Random) => number;
}): Leaf {
  const { options, draw } = prior;
  const drawn = (random: Random): number => toBounds(options, draw(random));
  return {
    type: "leaf",
    definition: prior.definition,
    description: describe(prior.call.name, prior.call.args, options),
    grid: undefined,
    cardinality: prior.cardinality ** shapeSize(options.shape),
    accepted: accepted(options),
    fallback: options.stored.default,
    listed: [],
    admits: (value) => admits(options, value),
    sample: (random) => fillShape(options.shape, () => drawn(random)),
  };
}

/** Rounded to the precision, but never out of the bounds. Adding 0 turns -0 into 0. */
function toBounds({ low, high, discrete, precision }: NumericOptions, value: number): number {
  const exact = discrete || precision === null || precision > 17;
  const rounded = exact ? value : Number(value.toPrecision(precision));
  return Math.min(high, Math.max(low, rounded)) + 0;
}

function admits({ low, high, discrete, shape }: NumericOptions, value: unknown): boolean {
  return hasShape(
    value,
    shape,
    (item) => isNumberBetween(item, low, high) && (!discrete || Number.isInteger(item)),
  );
}

function accepted({ low, high, discrete, shape }: NumericOptions): string {
  const number = discrete ? "a whole number" : "a finite number";
  return shapeText(shape) + number + rangeText(low, high);
}

/** How a number between two bounds, which may be infinite, is described behind "number". */
export function rangeText(low: number, high: number): string {
  if (low === -Infinity) return high === Infinity ? "" : ` of at most ${high}`;
  return high === Infinity ? ` of at least ${low}` : ` from ${low} to ${high}`;
}

/** Oríon's canonical prior string. */
function describe(name: string, args: readonly string[], { stored }: NumericOptions): string {
  const suffixes: string[] = [];
  const { shape, precision } = stored;
  if (shape !== undefined) {
    suffixes.push(`shape=${shape.length === 1 ? shape.join("") : `(${shape.join(", ")})`}`);
  }
  if (stored.default !== undefined) suffixes.push(`default_value=${pythonLiteral(stored.default)}`);
  if (precision !== undefined) suffixes.push(`precision=${pythonLiteral(precision)}`);
  if (stored.discrete === true) suffixes.push("discrete=True");
  return `${name}(${[...args, ...suffixes].join(", ")})`;
}
