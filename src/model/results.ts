import { AssayError, isAssayError } from "../errors/assay-error.ts";
import { encodeValue } from "../values/encode.ts";
import { isPlainObject } from "../values/plain.ts";
import type { Objective } from "./objective.ts";

/** What a trial found, ready to be stored. */
export interface EncodedResults {
  /** A text of the codec that holds a plain map. */
  readonly results: string;
  /** The value of the first declared objective; absent when it is NaN or none is declared. */
  readonly objective?: number;
}

/**
 * Makes results of what a trial returned: a plain map, or a bare number for the one declared objective.
 * Throws `INVALID_RESULTS` when it is neither, when a declared objective is missing or is not a number,
 * or when a value cannot be stored: the message names its path.
 */
export function encodeResults(returned: unknown, objectives: readonly Objective[]): EncodedResults {
  const results = toMap(returned, objectives);
  for (const { name } of objectives) {
    const value = results[name];
    if (typeof value !== "number") {
      const found = Object.keys(results).join(", ") || "nothing";
      throw new AssayError(
        "INVALID_RESULTS",
        value === undefined
          ? `The results lack the declared objective "${name}"; the trial returned ${found}`
          : `The objective "${name}" must be a number, got ${describe(value)}`,
        { details: { objective: name } },
      );
    }
  }
  const first = objectives[0];
  const objective = first === undefined ? undefined : results[first.name];
  const encoded = encodeStorable(results);
  if (typeof objective !== "number" || Number.isNaN(objective)) return { results: encoded };
  return { results: encoded, objective };
}

function encodeStorable(results: Readonly<Record<string, unknown>>): string {
  try {
    return encodeValue(results, "results");
  } catch (error) {
    if (!isAssayError(error)) throw error;
    throw new AssayError("INVALID_RESULTS", error.message, {
      details: error.details,
      cause: error,
    });
  }
}

function toMap(
  returned: unknown,
  objectives: readonly Objective[],
): Readonly<Record<string, unknown>> {
  if (returned === undefined || returned === null) return {};
  if (typeof returned === "number") {
    const [only, ...others] = objectives;
    if (only !== undefined && others.length === 0) return { [only.name]: returned };
    throw new AssayError(
      "INVALID_RESULTS",
      `The trial returned the number ${String(returned)}, which needs exactly one declared objective; return a map such as { loss: ${String(returned)} }`,
    );
  }
  if (isPlainObject(returned)) return returned;
  throw new AssayError(
    "INVALID_RESULTS",
    `A trial returns a map of results such as { loss: 0.3 }, got ${describe(returned)}`,
  );
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an instance of ${classOf(value)}`;
  return typeof value === "string" ? `the text "${value.slice(0, 40)}"` : `a ${typeof value}`;
}

function classOf(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" ? constructor.name : "a nameless class";
}
