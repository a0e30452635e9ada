import { Dimension } from "./dimension.ts";
import { type ParamsOf, type SpaceInput } from "./params-of.ts";
import { type Shaped } from "./shaped.ts";

/** Options of `choice`. */
export interface ChoiceOptions {
  /** How likely each value is when one is drawn, at least 0; equal unless told. */
  readonly weights?: readonly number[];
  /** The value of a trial that is inserted without one. */
  readonly default?: unknown;
}

/** Options of the priors `uniform`, `logUniform` and `normal`. */
export interface PriorOptions {
  /** Draw whole numbers, both bounds included. */
  readonly discrete?: boolean;
  /** Significant digits of what is drawn: 4 unless told, null for all. */
  readonly precision?: number | null;
  /** Draw an array of this length, or nested arrays of these lengths. */
  readonly shape?: number | readonly number[];
  /** The value of a trial that is inserted without one. */
  readonly default?: unknown;
}

/** Options of `normal`. */
export interface NormalOptions extends PriorOptions {
  /** No number below is drawn. */
  readonly low?: number;
  /** No number above is drawn. */
  readonly high?: number;
}

/** Each of some values, of any type that can be stored. */
export function choice<const Value>(
  values: Iterable<Value>,
  options: ChoiceOptions = {},
): Dimension<Value> {
  return new Dimension({ ...options, kind: "choice", values: listOf(values) });
}

/** `count` numbers from `min` to `max`, both included, with equal steps; [min] for one. */
export function linspace(min: number, max: number, count: number): Dimension<number> {
  return new Dimension({ kind: "linspace", min, max, count });
}

/**
 * `count` numbers from `min` to `max`, both included and exact, with equal ratios; [min] for one.
 * Powers of ten among them are exact too.
 */
export function logspace(min: number, max: number, count: number): Dimension<number> {
  return new Dimension({ kind: "logspace", min, max, count });
}

/** The same value in `count` trials. */
export function repeat<Value>(value: Value, count: number): Dimension<Value> {
  return new Dimension({ kind: "repeat", value, count });
}

/** One value for each trial of the grid, in its order; there must be as many as trials. */
export function matched<Value>(values: Iterable<Value>): Dimension<Value> {
  return new Dimension({ kind: "matched", values: listOf(values) });
}

/** Numbers from `low` to `high`, both included, all equally likely. */
export function uniform<const Options extends PriorOptions = object>(
  low: number,
  high: number,
  options?: Options,
): Dimension<Shaped<Options>> {
  return new Dimension({ ...options, kind: "uniform", low, high });
}

/** Numbers from `low` (above 0) to `high`, whose logarithms are equally likely. */
export function logUniform<const Options extends PriorOptions = object>(
  low: number,
  high: number,
  options?: Options,
): Dimension<Shaped<Options>> {
  return new Dimension({ ...options, kind: "logUniform", low, high });
}

/** Numbers of a normal distribution, between `low` and `high` where these are given. */
export function normal<const Options extends NormalOptions = object>(
  mean: number,
  deviation: number,
  options?: Options,
): Dimension<Shaped<Options>> {
  return new Dimension({ ...options, kind: "normal", mean, deviation });
}

/** Whole numbers from `low` to `high`, both included: equally likely, or with `log` their logarithms. */
export function integer(
  low: number,
  high: number,
  options: { readonly log?: boolean; readonly default?: number } = {},
): Dimension<number> {
  const { log, ...rest } = options;
  const kind = log === true ? "logUniform" : "uniform";
  return new Dimension({ ...rest, kind, low, high, discrete: true });
}

/**
 * The budget of a trial, such as its epochs: `high`, but less where an algorithm asks for it, in
 * steps of the factor `base` (2 unless told).
 */
export function fidelity(
  low: number,
  high: number,
  options: { readonly base?: number } = {},
): Dimension<number> {
  return new Dimension({ ...options, kind: "fidelity", low, high });
}

/** Conditional parameters: each branch has its own, and `key` holds the branch's name. */
export function variant<
  const Key extends string,
  const Branches extends Readonly<Record<string, SpaceInput>>,
>(key: Key, branches: Branches): Dimension<VariantParams<Key, Branches>> {
  return new Dimension({ kind: "variant", key, branches });
}

/** What `variant` makes of its branches: a union that `key` tells apart. */
export type VariantParams<
  Key extends string,
  Branches extends Readonly<Record<string, SpaceInput>>,
> = {
  [Name in keyof Branches]: {
    readonly [Field in Key | keyof Branches[Name]]: Field extends keyof Branches[Name]
      ? ParamsOf<Branches[Name]>[Field]
      : Name;
  };
}[keyof Branches];

/** An input of any value, given when the experiment is run (`name=value`); its default until then. */
export function parameter<Value = unknown>(
  options: { readonly default?: Value } = {},
): Dimension<Value> {
  return new Dimension({ ...options, kind: "parameter" });
}

/** One value in all trials, also where it would be read as something else: a record, `"f(x)"`. */
export function constant<Value>(value: Value): Dimension<Value> {
  return new Dimension({ kind: "constant", value });
}

/** Anything but a list is left for the space to complain about, which knows the parameter's name. */
function listOf(values: unknown): unknown {
  return isIterableObject(values) ? [...values] : values;
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
