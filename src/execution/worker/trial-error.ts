import { inspect, types } from "node:util";
import { isAssayError } from "../../errors/assay-error.ts";
import type { TrialError } from "../../model/trial.ts";

/** What is kept of whatever was thrown: its message and the stack in the user's own lines. */
export function toTrialError(error: unknown): TrialError {
  const cause = isAssayError(error) && error.code === "INVALID_RESULTS" ? "results" : "error";
  if (!isError(error)) return { cause, message: `Thrown: ${shown(error)}` };
  const text = shown(error.message);
  const message = error.name === "Error" || isAssayError(error) ? text : `${error.name}: ${text}`;
  const { stack } = error;
  return typeof stack === "string"
    ? { cause, message, stack: withCauses(error, stack) }
    : { cause, message };
}

function withCauses(error: Error, stack: string): string {
  const { cause } = error;
  if (!isError(cause) || typeof cause.stack !== "string") return stack;
  return `${stack}\nCaused by: ${cause.stack}`;
}

/** Also true of an error of another realm. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: 2, breakLength: Infinity });
}
