import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import { isAssayError } from "../../errors/assay-error.ts";
import { builtFile } from "../../util/own-package.ts";
import type { TrialError } from "../../model/trial.ts";

/** What is kept of whatever was thrown: its message and the stack in the user's own lines. */
export function toTrialError(error: unknown): TrialError {
  const cause = isAssayError(error) && error.code === "INVALID_RESULTS" ? "results" : "error";
  if (!isError(error)) return { cause, message: `Thrown: ${shown(error)}` };
  const text = shown(error.message);
  const message = error.name === "Error" || isAssayError(error) ? text : `${error.name}: ${text}`;
  const { stack } = error;
  return typeof stack === "string"
    ? { cause, message, stack: withCauses(error, withoutOwnEnd(stack)) }
    : { cause, message };
}

const ownFiles = builtFile("");

/** A stack without the frames at its end by which Assay called the user's code. */
function withoutOwnEnd(stack: string): string {
  const lines = stack.split("\n");
  const isOwn = (line: string): boolean =>
    line.includes(ownFiles.href) || line.includes(fileURLToPath(ownFiles)) || ofNode.test(line);
  const last = lines.findLastIndex((line) => !isOwn(line));
  // Where all frames are our own, they are all that there is to see.
  return last < 1 ? stack : lines.slice(0, last + 1).join("\n");
}

const ofNode = /^\s+at .*\(?node:/;

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
