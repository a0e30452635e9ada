import { AssayError } from "../errors/assay-error.ts";

/**
 * The error for an expression that cannot be read.
 * `offset` counts UTF-16 units from 0; the message and `details.column` count from 1.
 */
export function syntaxError(offset: number, problem: string): AssayError {
  const column = offset + 1;
  return new AssayError(
    "INVALID_EXPRESSION",
    `Cannot read --where at column ${column}: ${problem}`,
    {
      details: { column, problem },
    },
  );
}
