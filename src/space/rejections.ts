import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { type Leaf } from "./dimensions/leaf.ts";
import { showValue, showValues } from "./show-value.ts";

/** The error for a value that the parameter does not accept. */
export function rejectedValue(name: string, value: unknown, leaves: readonly Leaf[]): AssayError {
  const accepted = [...new Set(leaves.map((leaf) => leaf.accepted))].join(", or ");
  const words = leaves.flatMap(({ listed }) => listed.filter((item) => typeof item === "string"));
  const nearest = typeof value === "string" ? didYouMean(value, words) : "";
  return new AssayError(
    "INVALID_VALUE",
    `Parameter "${name}" cannot be ${showValue(value)}; it must be ${accepted}${nearest}`,
    { details: { parameter: name, value, accepted } },
  );
}

/** The error for a name that is no parameter's. `names` are those that there are. */
export function unknownParameter(name: string, names: Iterable<string>): AssayError {
  const known = [...new Set(names)];
  const nearest = didYouMean(name, known);
  return new AssayError(
    "INVALID_VALUE",
    `Unknown parameter "${name}"${nearest} (${known.join(", ")})`,
    { details: { parameter: name, accepted: known } },
  );
}

/** The error for a parameter that has no value and no default. */
export function missingValue(name: string, accepted: string): AssayError {
  return new AssayError(
    "INVALID_VALUE",
    `Parameter "${name}" has no value; give it one as ${name}=VALUE (${accepted})`,
    { details: { parameter: name, accepted } },
  );
}

/** The error for a value where nested parameters belong. */
export function notNested(name: string, value: unknown, fields: Iterable<string>): AssayError {
  const accepted = [...fields].join(", ");
  const what = name === "" ? "Parameters are" : `Parameter "${name}" is`;
  return new AssayError(
    "INVALID_VALUE",
    `${what} an object (${accepted}), got ${showValues([value])}`,
    { details: { parameter: name, value, accepted } },
  );
}
