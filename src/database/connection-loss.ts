import { AssayError, isAssayError } from "../errors/assay-error.ts";

/** What is known of an operation whose connection was lost. */
export interface ConnectionLoss {
  /** False when it is certain that nothing was carried out: it was not sent, or it was undone. */
  readonly mayBeDone: boolean;
}

/**
 * The error of an operation whose connection was lost, or could not be made: it may succeed when it is
 * repeated. `says` completes the sentence that begins with the location.
 */
export function connectionLost(
  location: string,
  loss: ConnectionLoss,
  cause: unknown,
  says = "cannot be reached",
): AssayError {
  return new AssayError("STORAGE_UNAVAILABLE", `${location} ${says}`, {
    details: { location, connectionLost: { mayBeDone: loss.mayBeDone } },
    cause,
  });
}

/** What an error says of a lost connection; undefined when it is about something else. */
export function connectionLossOf(error: unknown): ConnectionLoss | undefined {
  if (!isAssayError(error) || error.code !== "STORAGE_UNAVAILABLE") return undefined;
  return error.details["connectionLost"] as ConnectionLoss | undefined;
}

/** Errors of the system on the way to a server: whether what was to be done may have been done. */
const systemLosses: ReadonlyMap<string, boolean> = new Map([
  ["ECONNREFUSED", false],
  ["ENOTFOUND", false],
  ["EAI_AGAIN", false],
  ["ENOENT", false],
  ["EADDRNOTAVAIL", false],
  ["ECONNRESET", true],
  ["ECONNABORTED", true],
  ["EPIPE", true],
  ["ETIMEDOUT", true],
  ["EHOSTUNREACH", true],
  ["ENETUNREACH", true],
  ["ENETDOWN", true],
  ["ERR_STREAM_DESTROYED", true],
]);

/** What an error of a socket says of a lost connection; undefined when it is about something else. */
export function systemLossOf(error: unknown): ConnectionLoss | undefined {
  if (!(error instanceof Error)) return undefined;
  const mayBeDone = systemLosses.get(String((error as NodeJS.ErrnoException).code));
  if (mayBeDone !== undefined) return { mayBeDone };
  // Of a host with several addresses, one error for each.
  return error instanceof AggregateError
    ? error.errors.map(systemLossOf).find((loss) => loss !== undefined)
    : undefined;
}
