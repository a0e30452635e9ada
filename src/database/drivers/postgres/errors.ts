import { AssayError, isAssayError, type ErrorCode } from "../../../errors/assay-error.ts";
import { connectionLost, systemLossOf } from "../../connection-loss.ts";

/** An error that the server sent. Others are of the connection, or defects. */
interface ServerError extends Error {
  /** The SQLSTATE: five letters and digits. */
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
}

function isServerError(error: unknown): error is ServerError {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return false;
  return typeof error.code === "string" && typeof error.severity === "string";
}

function sqlState(error: unknown): string | undefined {
  return isServerError(error) ? error.code : undefined;
}

/** The states of a server that goes away, is not there yet, or has no place: it will come back. */
const outages: Readonly<Record<string, string>> = {
  "57P01": "is shut down",
  "57P02": "went down",
  "57P03": "is starting up or shutting down",
  "25P03": "ended a transaction that took too long",
  "53300": "has no connection left",
  "25006": "may only be read now",
};

/** Whether nothing is left of the connection over which an error came. */
export function isFatal(error: unknown): boolean {
  if (!isServerError(error)) return true;
  return error.severity === "FATAL" || error.severity === "PANIC" || error.code.startsWith("08");
}

/** Whether the server undid a transaction for the sake of another one: then it may succeed when repeated. */
export function isConflict(error: unknown): boolean {
  return ["40001", "40P01"].includes(sqlState(error) ?? "");
}

/** Whether a prepared statement is gone, or made for columns that changed since. */
export function isStale(error: unknown): boolean {
  const state = sqlState(error);
  if (state === "26000" || state === "42P05") return true;
  return state === "0A000" && (error as Error).message.includes("cached plan");
}

/** Whether a table or its schema does not exist: then its collection is empty. */
export function isMissingTable(error: unknown): boolean {
  return ["42P01", "3F000"].includes(sqlState(error) ?? "");
}

/** Whether a statement divided by the count of a required operation that changed nothing. */
export function isNothingChanged(error: unknown): boolean {
  return sqlState(error) === "22012";
}

/** Whether other objects depend on what was to be dropped. */
export function hasDependents(error: unknown): boolean {
  return sqlState(error) === "2BP01";
}

const byState: readonly (readonly [prefix: string, code: ErrorCode, says: string])[] = [
  ["28", "STORAGE_UNAVAILABLE", "refuses the user or the password"],
  ["3D000", "STORAGE_UNAVAILABLE", "has no such database"],
  ["42501", "STORAGE_UNAVAILABLE", "does not let this user do that"],
  ["53100", "STORAGE_FULL", "has no room left on its disk"],
  ["53200", "STORAGE_UNAVAILABLE", "has no memory left"],
  ["55P03", "LOCK_TIMEOUT", "stayed locked by another transaction"],
  ["57014", "LOCK_TIMEOUT", "canceled a statement that took longer than it allows"],
  ["54000", "INVALID_VALUE", "has no room for a value so large"],
  ["XX001", "CORRUPT", "is damaged"],
  ["XX002", "CORRUPT", "has a damaged index"],
];

/**
 * PostgreSQL's errors, and those of the connection to it, in Assay's words; all other errors as they are.
 * @param mayBeDone whether what failed may have been carried out all the same, if the connection was lost
 */
export function toAssayError(error: unknown, location: string, mayBeDone: boolean): unknown {
  if (isAssayError(error)) return error;
  if (!isServerError(error)) {
    if (!isOfConnection(error)) return error;
    return connectionLost(location, { mayBeDone }, error);
  }
  const outage =
    outages[error.code] ?? (error.code.startsWith("08") ? "lost the connection" : undefined);
  if (outage !== undefined) return connectionLost(location, { mayBeDone }, error, outage);
  if (error.code === "23505") {
    const what = /^Key \((.*?)\)=/.exec(error.detail ?? "")?.[1] ?? "key";
    return new AssayError("DUPLICATE", `A document with the same ${what} exists already`, {
      details: { fields: what },
      cause: error,
    });
  }
  const known = byState.find(([prefix]) => error.code.startsWith(prefix));
  if (known !== undefined) {
    const says = known[0] === "42501" ? `${known[2]}: ${error.message}` : known[2];
    return new AssayError(known[1], `${location} ${says}`, {
      details: { location, sqlState: error.code },
      cause: error,
    });
  }
  return isFatal(error)
    ? connectionLost(location, { mayBeDone }, error, "lost the connection")
    : error;
}

/** Whether the network or the client tells that there is no connection; the client has words only. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (systemLossOf(error) !== undefined) return true;
  return /connection terminated|timeout exceeded when trying to connect|not queryable|connection timeout|query read timeout/i.test(
    error.message,
  );
}
