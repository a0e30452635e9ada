/**
 * What each code means, and the line that docs/errors.md explains it with.
 * Codes are stable: they are what programs match on; messages are for people and may improve.
 */
export const errorCodes = {
  NOT_FOUND: "What was asked for does not exist",
  DUPLICATE: "Something with this identity exists already",
  CONFLICT: "Another definition is stored under this name",
  INVALID_SPACE: "The space of parameters is not well defined",
  INVALID_VALUE: "A value is not accepted here, or cannot be stored",
  INVALID_RESULTS: "What a trial returned cannot be its results",
  INVALID_TRANSITION: "A trial cannot change from its state to the one asked for",
  INVALID_QUERY: "A query has an unknown operator or a shape that no index answers",
  INVALID_EXPRESSION: "A --where expression cannot be read",
  INVALID_FILE: "An experiment file cannot be bundled, or exports no experiment",
  LEASE_LOST: "The trial belongs to another worker by now; this worker's write changed nothing",
  LOCK_TIMEOUT: "A lock could not be had in time",
  MODE: "This handle has no right to do that",
  EXPERIMENT_DONE: "Nothing is left to run",
  EXPERIMENT_BROKEN: "Too many trials are broken",
  UNSUPPORTED: "This cannot be done here",
  MISSING_DEPENDENCY: "An optional package has to be installed for this",
  STORAGE_UNAVAILABLE: "The storage cannot be opened or reached",
  STORAGE_FULL: "There is no room left where the storage writes",
  SCHEMA_OUTDATED: "The database was written by an older Assay and has to be upgraded",
  SCHEMA_NEWER: "The database was written by a newer Assay",
  CORRUPT: "Stored data is not what was written",
  SETUP_FAILED: "The experiment's setup function threw",
  INTERRUPTED: "A run was interrupted, and its trials with it; or moving data was",
  TIMEOUT: "A trial ran longer than its limit",
  WORKER_LOST: "The thread or process that ran a trial ended under it",
  TRIAL_FAILED: "The trial's own code threw",
  USAGE: "A command or option was used wrongly",
  INTERNAL: "A defect of Assay; please report it",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What an error looks like where only data can pass: between threads, over HTTP, under `--json`. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack?: string;
}

const brand = Symbol.for("assay.error");

/**
 * The one error class of Assay's public surface.
 *
 * `message` is one line without a full stop: what was wrong, the value, what is accepted.
 * `details` holds the same facts for programs. `cause` is the error underneath, where there is one.
 */
export class AssayError extends Error {
  override readonly name = "AssayError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for an AssayError of any copy of this package (an `instanceof` that survives two copies). */
export function isAssayError(error: unknown): error is AssayError {
  return typeof error === "object" && error !== null && brand in error;
}

/** The data of an error, for a place that only data can reach. Other errors become `INTERNAL`. */
export function toErrorData(error: unknown): ErrorData {
  if (isAssayError(error)) {
    const { code, message, details, stack } = error;
    return stack === undefined ? { code, message, details } : { code, message, details, stack };
  }
  if (error instanceof Error) {
    const data = { code: "INTERNAL" as const, message: error.message, details: {} };
    return error.stack === undefined ? data : { ...data, stack: error.stack };
  }
  return { code: "INTERNAL", message: String(error), details: {} };
}

/** The error that `toErrorData` took apart. */
export function fromErrorData(data: ErrorData): AssayError {
  const error = new AssayError(data.code, data.message, { details: data.details });
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
