import { AssayError } from "../../../errors/assay-error.ts";
import type { DatabaseDriver } from "../../contract.ts";
import { toClient } from "./client.ts";
import { connect } from "./connect.ts";
import { Connection } from "./connection.ts";
import { RedisDriver } from "./driver.ts";
import { checkServer } from "./server-settings.ts";
import { Session } from "./session.ts";
import { checkedPrefix, parseRedisUrl, withPrefix } from "./url.ts";

/** A server by its URL, or a client that stays the caller's. */
export type RedisSource =
  { readonly url: string } | { readonly redis: object; readonly prefix?: string };

/**
 * Prepares to open what is below one prefix of a Redis server. Throws `INVALID_VALUE` at once; opening throws
 * `NOT_FOUND` (without `create`), `STORAGE_UNAVAILABLE`, `UNSUPPORTED`, `MISSING_DEPENDENCY`.
 */
export function redisOpener(source: RedisSource): (create: boolean) => Promise<DatabaseDriver> {
  if ("url" in source) {
    const place = parseRedisUrl(source.url);
    return async (create) => await open(await connect(place), place.prefix, create);
  }
  const prefix = checkedPrefix(source.prefix);
  const client = toClient(source.redis, `{${prefix}}`);
  const location = withPrefix("the given Redis client", prefix);
  return async (create) =>
    await open(new Connection(client, location, () => Promise.resolve()), prefix, create);
}

async function open(
  connection: Connection,
  prefix: string,
  create: boolean,
): Promise<DatabaseDriver> {
  try {
    const warnings = await checkServer(connection);
    const session = new Session(connection, prefix);
    const { version } = await session.catalog();
    if (version === "" && !create) {
      throw new AssayError(
        "NOT_FOUND",
        `There is no Assay database at ${connection.location} yet; "assay run" creates it`,
        { details: { location: connection.location } },
      );
    }
    return new RedisDriver(session, warnings);
  } catch (error) {
    await connection.close();
    throw error;
  }
}
