import { showValue } from "../show-value.ts";
import { type FieldReader } from "./fields.ts";

/** Lengths of nested arrays, outermost first; undefined for a value that is no array. */
export type Shape = readonly number[] | undefined;

const maxElements = 1_000_000;

/** The field `shape`: one length, or a list of them. */
export function readShape(fields: FieldReader): Shape {
  if (!fields.has("shape")) return undefined;
  const raw = fields.raw("shape");
  const lengths: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const shape = lengths.filter(
    (length): length is number =>
      typeof length === "number" && Number.isSafeInteger(length) && length >= 1,
  );
  if (shape.length !== lengths.length || shape.length === 0) {
    throw fields.problem(`needs a shape of whole lengths of at least 1, got ${showValue(raw)}`);
  }
  if (shapeSize(shape) > maxElements) {
    throw fields.problem(`needs a shape of at most ${maxElements} numbers, got ${showValue(raw)}`);
  }
  return shape;
}

/** Number of elements; 1 without a shape. */
export function shapeSize(shape: Shape): number {
  return (shape ?? []).reduce((product, length) => product * length, 1);
}

/** Nested arrays of the shape, made of what `make` returns; without a shape, just that. */
export function fillShape(shape: Shape, make: () => unknown): unknown {
  const [length, ...rest] = shape ?? [];
  return length === undefined ? make() : Array.from({ length }, () => fillShape(rest, make));
}

/** Whether a value has the shape, with elements that `admits` accepts. */
export function hasShape(
  value: unknown,
  shape: Shape,
  admits: (item: unknown) => boolean,
): boolean {
  const [length, ...rest] = shape ?? [];
  if (length === undefined) return admits(value);
  if (!Array.isArray(value) || value.length !== length) return false;
  return value.every((item) => hasShape(item, rest, admits));
}

/** How "must be …" begins for a shape: nothing without one. */
export function shapeText(shape: Shape): string {
  return shape === undefined ? "" : `an array of shape ${shape.join(" × ")}, each element `;
}
