import { AssayError, isAssayError, toErrorData } from "../errors/assay-error.ts";
import { toDisplay } from "../values/display.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";

export interface ErrorFormat {
  readonly json: boolean;
  /** Adds the stack of the error and of what caused it. */
  readonly verbose: boolean;
}

/** The text that tells an error on standard error: one line, and what differs or where it comes from below it. */
export function describeError(error: unknown, { json, verbose }: ErrorFormat): string {
  const { code, message, details } = toErrorData(error);
  if (json) return `${JSON.stringify({ error: { code, message, details: toDisplay(details) } })}\n`;
  const lines = [`assay: ${firstLine(message)}`, ...differences(details)];
  if (verbose) lines.push(...stacks(error));
  else if (code === "INTERNAL") lines.push("  (--verbose shows where this comes from)");
  return `${lines.join("\n")}\n`;
}

/** The exit code of an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isAssayError(error)) return exitCodes.error;
  if (error.code === "INTERRUPTED") return exitCodes.interrupted;
  return error.code === "USAGE" ? exitCodes.usage : exitCodes.error;
}

/** Errors of the system that a person can do something about, in words; all others as they are. */
export function fromSystemError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const says = typeof code === "string" ? systemErrors[code] : undefined;
  if (says === undefined) return error;
  return new AssayError("STORAGE_UNAVAILABLE", `${path} cannot be written: ${says}`, {
    details: { path, system: code },
    cause: error,
  });
}

const systemErrors: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  ENOSPC: "there is no room left on the disk",
};

function differences(details: Readonly<Record<string, unknown>>): readonly string[] {
  const { differences: listed } = details as { readonly differences?: unknown };
  return Array.isArray(listed) ? listed.map((difference) => `  ${String(difference)}`) : [];
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}

function stacks(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = (error.stack ?? "").split("\n");
  return error.cause === undefined ? own : [...own, "Caused by:", ...stacks(error.cause)];
}
