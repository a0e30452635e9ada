import { AssayError, isAssayError } from "../../../errors/assay-error.ts";
import { connectionLost, systemLossOf } from "../../connection-loss.ts";

/** Errors of the client by the names of their classes: whether the command may have been carried out. */
const losses: ReadonlyMap<string, boolean> = new Map([
  ["ClientOfflineError", false],
  ["ClientClosedError", false],
  ["ConnectionTimeoutError", false],
  ["ReconnectStrategyError", false],
  ["SocketClosedUnexpectedlyError", true],
  ["SocketTimeoutError", true],
  ["DisconnectsClientError", true],
  ["AbortError", true],
  ["TimeoutError", true],
]);

/** Answers of a server that is there but cannot serve now, with how they complete a sentence. */
const unready: readonly (readonly [start: string, says: string])[] = [
  ["LOADING", "is loading its data"],
  ["MASTERDOWN", "has lost its primary"],
  ["CLUSTERDOWN", "is a cluster that is down"],
  ["TRYAGAIN", "is moving its data"],
  ["BUSY ", "is busy with a script"],
];

/** Answers that repeating does not help. */
const refusals: readonly (readonly [
  start: string,
  code: "STORAGE_UNAVAILABLE" | "STORAGE_FULL",
  says: string,
])[] = [
  ["WRONGPASS", "STORAGE_UNAVAILABLE", "refuses the user name or password"],
  ["NOAUTH", "STORAGE_UNAVAILABLE", "demands a password: redis://:PASSWORD@HOST"],
  ["ERR invalid password", "STORAGE_UNAVAILABLE", "refuses the password"],
  [
    "ERR AUTH <password> called without any password",
    "STORAGE_UNAVAILABLE",
    "has no password, but one was given",
  ],
  ["NOPERM", "STORAGE_UNAVAILABLE", "does not permit the user what Assay needs"],
  ["READONLY", "STORAGE_UNAVAILABLE", "is a replica that may only be read; name its primary"],
  ["OOM", "STORAGE_FULL", "has reached its maxmemory"],
  ["MISCONF", "STORAGE_FULL", "cannot write to its disk, and refuses writes"],
  ["WRONGTYPE", "STORAGE_UNAVAILABLE", "has other data under the keys of this storage"],
  ["MOVED", "STORAGE_UNAVAILABLE", "is a node of a cluster that has this prefix elsewhere"],
  ["NOREPLICAS", "STORAGE_UNAVAILABLE", "has too few replicas to accept writes"],
  ["ERR DB index is out of range", "STORAGE_UNAVAILABLE", "has no database of this number"],
];

/** Whether a server does not have the script that it was asked to run. */
export function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

/** The client's errors in Assay's words; all other errors as they are. */
export function toAssayError(error: unknown, location: string): unknown {
  if (isAssayError(error) || !(error instanceof Error)) return error;
  const { message } = error;
  const mayBeDone = losses.get(error.constructor.name) ?? systemLossOf(error)?.mayBeDone;
  if (mayBeDone !== undefined) return connectionLost(location, { mayBeDone }, error);
  const state = unready.find(([start]) => message.startsWith(start));
  if (state !== undefined) return connectionLost(location, { mayBeDone: false }, error, state[1]);
  const refusal = refusals.find(([start]) => message.startsWith(start));
  if (refusal !== undefined) {
    return new AssayError(refusal[1], `${location} ${refusal[2]}`, {
      details: { location },
      cause: error,
    });
  }
  const code = String((error as NodeJS.ErrnoException).code);
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
    return new AssayError(
      "STORAGE_UNAVAILABLE",
      `${location} cannot be reached by TLS: ${message.split("\n")[0] ?? code}`,
      { details: { location, tls: code }, cause: error },
    );
  }
  return error;
}
