import { isAssayError } from "../../errors/assay-error.ts";
import { didYouMean } from "../../util/nearest.ts";
import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { type RawDimension } from "../dimension.ts";
import { invalidSpace } from "../invalid-space.ts";
import { showValue } from "../show-value.ts";

/**
 * Reads the fields of a dimension that a person or a database gave. Every complaint is
 * `INVALID_SPACE` and names the parameter and the kind: `Parameter "lr": linspace needs …`.
 */
export interface FieldReader {
  /** Full path of the parameter. */
  readonly name: string;
  /** The error for a `problem` that goes on after the kind, as in "needs min ≤ max". */
  problem(problem: string): Error;
  /** Whether the field is there. */
  has(field: string): boolean;
  /** A finite number. */
  number(field: string): number;
  /** A whole number of at least 1. */
  count(field: string): number;
  /** True or false; false when absent. */
  flag(field: string): boolean;
  /** A copy of a value that can be stored. */
  value(field: string): unknown;
  /** Copies of a list of at least one value; each can be stored. */
  values(field: string): readonly unknown[];
  /** What is there, unchecked. */
  raw(field: string): unknown;
}

/** A reader of these fields; any other field is an error that names the nearest. */
export function createFieldReader(
  raw: RawDimension,
  name: string,
  fields: readonly string[],
): FieldReader {
  const problem = (text: string): Error => invalidSpace(name, `${raw.kind} ${text}`);
  const has = (field: string): boolean => Object.hasOwn(raw, field) && raw[field] !== undefined;

  for (const field of Object.keys(raw)) {
    if (field === "kind" || !has(field) || fields.includes(field)) continue;
    throw problem(`has no option "${field}"${didYouMean(field, fields)} (${fields.join(", ")})`);
  }

  function value(field: string): unknown {
    if (!has(field)) throw problem(`needs a ${field}`);
    return storable(raw[field], name);
  }

  return {
    name,
    problem,
    has,
    value,
    raw: (field) => raw[field],
    number(field) {
      const number = raw[field];
      // Adding 0 turns -0, which no grid or bound means, into 0.
      if (typeof number === "number" && Number.isFinite(number)) return number + 0;
      throw problem(`needs ${field} to be a finite number, got ${showRaw(number)}`);
    },
    count(field) {
      const count = raw[field];
      if (typeof count === "number" && Number.isSafeInteger(count) && count >= 1) return count;
      throw problem(`needs a whole ${field} of at least 1, got ${showRaw(count)}`);
    },
    flag(field) {
      const flag = raw[field] ?? false;
      if (typeof flag === "boolean") return flag;
      throw problem(`needs ${field} to be true or false, got ${showRaw(flag)}`);
    },
    values(field) {
      const list = raw[field];
      if (!Array.isArray(list)) throw problem(`needs a list of ${field}, got ${showRaw(list)}`);
      if (list.length === 0) throw problem(`needs at least one value, got none`);
      const missing = list.findIndex((item) => item === undefined);
      if (missing !== -1) throw problem(`has no value at ${missing}: undefined is not one`);
      return list.map((item: unknown, index) => storable(item, name, `${name}[${index}]`));
    },
  };
}

/** A copy of the value as it will be read back from a database. */
function storable(value: unknown, name: string, path = name): unknown {
  try {
    return decodeValue(encodeValue(value, path));
  } catch (cause) {
    if (!isAssayError(cause)) throw cause;
    const problem = cause.message.charAt(0).toLowerCase() + cause.message.slice(1);
    throw invalidSpace(name, problem, cause.details);
  }
}

/** A value as a complaint shows it, whatever it is. */
export function showRaw(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "function" ? "a function" : showValue(value);
}
