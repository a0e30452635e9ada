import { AssayError } from "../errors/assay-error.ts";

/**
 * The error for a space that is not well defined. `problem` is a clause that begins with a small
 * letter; `name` is the full path of the parameter, where there is one.
 */
export function invalidSpace(
  name: string | undefined,
  problem: string,
  details: Readonly<Record<string, unknown>> = {},
): AssayError {
  if (name === undefined || name === "") {
    const message = problem.charAt(0).toUpperCase() + problem.slice(1);
    return new AssayError("INVALID_SPACE", message, { details });
  }
  return new AssayError("INVALID_SPACE", `Parameter "${name}": ${problem}`, {
    details: { parameter: name, ...details },
  });
}
