import { type Random } from "../../util/random.ts";
import { type Domain } from "./domains.ts";

/** A family of distributions of scipy.stats, in its standard form: loc 0, scale 1. */
export interface Family {
  /** The shape parameters in scipy's order, and what each has to be. */
  readonly shapes: Readonly<Record<string, Domain>>;
  /** The problem of shape parameters that do not fit each other. */
  readonly conflict?: (...shapes: number[]) => string | undefined;
  /** The least and the greatest number, which may depend on the shape parameters. */
  readonly support: Interval | ((...shapes: number[]) => Interval);
  /** Present when it has whole numbers only; then there is a loc, but no scale. */
  readonly discrete?: true;
  readonly draw: Draw;
  /** A number as loc and scale place it; present when they do not just move and stretch it. */
  readonly place?: (number: number, loc: number, scale: number, ...shapes: number[]) => number;
}

/** One number, of the shape parameters or the list that is one; a number that is not finite, or not in the support, is a failed attempt. */
export type Draw = (random: Random, ...shapes: number[]) => number;

export type Interval = readonly [low: number, high: number];

export type Families<Name extends string> = Readonly<Record<Name, Family>>;

export const line: Interval = [-Infinity, Infinity];
export const fromZero: Interval = [0, Infinity];
export const toZero: Interval = [-Infinity, 0];
export const fromOne: Interval = [1, Infinity];
export const unit: Interval = [0, 1];

/** The support of a family with these shape parameters. */
export function supportOf({ support }: Family, shapes: readonly number[]): Interval {
  return typeof support === "function" ? support(...shapes) : support;
}
