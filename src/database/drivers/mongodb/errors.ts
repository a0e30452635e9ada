import { AssayError, isAssayError } from "../../../errors/assay-error.ts";
import { connectionLost, systemLossOf } from "../../connection-loss.ts";

/** What of an error of the client is looked at. By its name, as the client may be of another copy of its package. */
interface ServerError extends Error {
  readonly code?: unknown;
  readonly writeErrors?: unknown;
  readonly beforeHandshake?: unknown;
}

/** One operation that failed among those of a bulk. */
export interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly message: string;
}

const notSent = new Set([
  "MongoServerSelectionError",
  "MongoPoolClearedError",
  "MongoWaitQueueTimeoutError",
]);
const lost = new Set([
  "MongoNetworkError",
  "MongoNetworkTimeoutError",
  "MongoOperationTimeoutError",
  "MongoServerClosedError",
  "MongoWriteConcernError",
  "PoolClearedOnNetworkError",
]);
const closed = new Set([
  "MongoNotConnectedError",
  "MongoTopologyClosedError",
  "MongoPoolClosedError",
  "MongoClientClosedError",
]);
/** Servers that end, start or hand over, and hosts that cannot be reached from the server. */
const unavailable = new Set([
  6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 317, 358,
]);
/** PostgreSQL below FerretDB ends or starts. */
const below =
  /failed to connect|terminating connection|server closed|conn closed|unexpected EOF|connection re(set|fused)|broken pipe|starting up|shutting down|recovery mode|not yet accepting|SQLSTATE 57P0/i;
/** A document beyond MongoDB's limit, as the client and FerretDB tell it. */
const oversized = /larger than (the maximum size|MaxDocumentSize)/i;
const conflicts = new Set([1, 112]);
const deadlock = /deadlock detected|could not serialize/i;
/** How a unique index that documents forbid fails where PostgreSQL is below. */
const forbidden = /could not create (exclusion|unique)/i;

function asServerError(error: unknown): ServerError | undefined {
  return error instanceof Error && error.name.match(/^Mongo|^PoolCleared/) ? error : undefined;
}

/** Whether the client was closed while it was to do something. */
export function isClosed(error: unknown): boolean {
  return closed.has(asServerError(error)?.name ?? "");
}

/** Whether the client did not find its server for a while. */
export function isUnfound(error: unknown): boolean {
  return asServerError(error)?.name === "MongoServerSelectionError";
}

/** Whether a write failed because others wrote at the same time, and may succeed when it is repeated. */
export function isConflict(error: unknown): boolean {
  const found = asServerError(error);
  if (found === undefined || writeErrorsOf(error) !== undefined) return false;
  return isConflictOf({ code: Number(found.code), message: found.message });
}

/** The conflicts among operations of a bulk. */
export function isConflictOf({ code, message }: Omit<WriteError, "index">): boolean {
  if (below.test(message) || forbidden.test(message)) return false;
  return conflicts.has(code) || deadlock.test(message);
}

/** Whether a unique index forbids a write. */
export function isDuplicate(error: unknown): boolean {
  const found = asServerError(error);
  if (found === undefined) return false;
  return [11000, 11001].includes(Number(found.code)) || forbidden.test(found.message);
}

/** Whether a `telling` update found no document. */
export function isMiss({ code, message }: WriteError): boolean {
  return (code === 2 || code === 53) && /_id.*\barray\b/.test(message);
}

/** Whether a command failed because its collection does not exist. */
export function isMissingCollection(error: unknown): boolean {
  return asServerError(error)?.code === 26;
}

/** Whether an index cannot be made because another has its name, or is the same by another name. */
export function isOtherIndex(error: unknown): boolean {
  return [85, 86].includes(Number(asServerError(error)?.code));
}

/** The failures of a bulk's operations; undefined when the bulk failed as a whole. */
export function writeErrorsOf(error: unknown): readonly WriteError[] | undefined {
  const found = asServerError(error);
  if (found?.name !== "MongoBulkWriteError") return undefined;
  const list = Array.isArray(found.writeErrors) ? found.writeErrors : [found.writeErrors];
  if (list.length === 0) return undefined;
  return list.map((one: { index?: unknown; code?: unknown; errmsg?: unknown }) => ({
    index: Number(one.index),
    code: Number(one.code),
    message: String(one.errmsg),
  }));
}

export function duplicate(what: string, cause?: unknown): AssayError {
  return new AssayError("DUPLICATE", `A document with the same ${what} exists already`, {
    details: { fields: what },
    cause,
  });
}

/** The client's errors in Assay's words; all other errors as they are. */
export function toAssayError(error: unknown, location: string): unknown {
  if (isAssayError(error)) return error;
  // The client throws what its socket says as it is, or as a bulk's error, when it waits for the socket to take more.
  const loss = systemLossOf(error);
  if (loss !== undefined) return connectionLost(location, loss, error, "lost the connection");
  const found = asServerError(error);
  if (found === undefined) return error;
  const { code, message, name } = found;
  if (notSent.has(name)) return connectionLost(location, { mayBeDone: false }, error);
  if (lost.has(name) || isLostBulk(found)) {
    const mayBeDone = found.beforeHandshake !== true;
    return connectionLost(location, { mayBeDone }, error, "lost the connection");
  }
  if (closed.has(name)) {
    return new AssayError("STORAGE_UNAVAILABLE", `The client of ${location} is closed`, {
      details: { location },
      cause: error,
    });
  }
  if (oversized.test(message)) return tooLarge(error);
  const number = Number(code);
  if (unavailable.has(number) || below.test(message)) {
    return connectionLost(location, { mayBeDone: true }, error, "is not available");
  }
  return fromCode(number, found, location) ?? error;
}

/** A bulk hides the error of its connection behind its own name. */
function isLostBulk({ name, code, writeErrors }: ServerError): boolean {
  const isEmpty = Array.isArray(writeErrors) && writeErrors.length === 0;
  return name === "MongoBulkWriteError" && isEmpty && code === undefined;
}

function fromCode(code: number, cause: ServerError, location: string): AssayError | undefined {
  const details = { location, mongodb: code };
  switch (code) {
    case 11000:
    case 11001: {
      const what = /index:? '?([^\s']+)'?/i.exec(cause.message)?.[1] ?? "unique fields";
      return duplicate(what, cause);
    }
    case 18:
    case 8000:
      return new AssayError(
        "STORAGE_UNAVAILABLE",
        `${location} does not accept this user and password`,
        { details, cause },
      );
    case 13:
      return new AssayError("MODE", `${location} does not give this user the right to do that`, {
        details,
        cause,
      });
    case 14031:
      return new AssayError("STORAGE_FULL", `${location} has no room left on its disk`, {
        details,
        cause,
      });
    case 10334:
    case 17419:
    case 17420:
      return tooLarge(cause);
    default:
      return undefined;
  }
}

/** A document that is larger than MongoDB's limit. */
function tooLarge(cause: unknown): AssayError {
  return new AssayError("INVALID_VALUE", "A document is larger than the 16 MB that MongoDB holds", {
    cause,
  });
}
