import { AssayError } from "../../../errors/assay-error.ts";

interface CommandOptions {
  /** How strings of answers are returned, by the type that RESP gives them. */
  readonly typeMapping: Readonly<Record<number, unknown>>;
}

/**
 * What is used of a client of the package `redis`, or of a pool of them: a structural type, so that the package
 * stays optional.
 */
export interface RedisClient {
  sendCommand(args: readonly (string | Buffer)[], options: CommandOptions): Promise<unknown>;
}

/** A client of a cluster, which has to be told by a key where a command goes. */
interface ClusterClient {
  sendCommand(
    firstKey: string,
    isReadonly: boolean,
    args: readonly (string | Buffer)[],
    options: CommandOptions,
  ): Promise<unknown>;
}

/** The type of RESP's bulk strings, "$": the client's `RESP_TYPES.BLOB_STRING`. */
const blobString = 36;

export const asTexts: CommandOptions = { typeMapping: {} };
/** Makes a client return strings as bytes. */
export const asBytes: CommandOptions = { typeMapping: Object.fromEntries([[blobString, Buffer]]) };

/**
 * A client that was passed to `openStorage`: of one server, a pool, or of a cluster, where every command goes to
 * the node that has the key. Throws `INVALID_VALUE` for anything else.
 */
export function toClient(value: object, key: string): RedisClient {
  if (isCluster(value)) {
    return {
      sendCommand: async (args, options) => await value.sendCommand(key, false, args, options),
    };
  }
  if (isClient(value)) return value;
  throw new AssayError(
    "INVALID_VALUE",
    'The client of a Redis storage is one of the package "redis": createClient(), createClientPool() or createCluster()',
  );
}

function isClient(value: object): value is RedisClient {
  return typeof Reflect.get(value, "sendCommand") === "function";
}

function isCluster(value: object): value is ClusterClient {
  return isClient(value) && "getSlotRandomNode" in value;
}
