import type * as Redis from "redis";
import { AssayError } from "../../../errors/assay-error.ts";
import { Connection } from "./connection.ts";
import { toAssayError } from "./errors.ts";
import type { RedisLocation } from "./url.ts";

/** A connection, and how many handles of this process have it. */
interface Shared {
  readonly connecting: Promise<Connection>;
  users: number;
  /** Whether its server is away now. */
  isLost: () => boolean;
}

/** By URL and prefix. What handles of one process ask for at the same moment goes to the server together. */
const connections = new Map<string, Shared>();

/**
 * Connects to a server; handles of one process share a connection. The first try is the only one; a connection
 * that is lost later is made again.
 */
export async function connect(place: RedisLocation): Promise<Connection> {
  const name = `${place.url} ${place.prefix}`;
  const known = connections.get(name);
  // Who opens is told at once how it is, and does not wait for a connection that others lost.
  const shared = known === undefined || known.isLost() ? share(place) : known;
  connections.set(name, shared);
  shared.users += 1;
  try {
    return await shared.connecting;
  } catch (error) {
    if (connections.get(name) === shared) connections.delete(name);
    throw error;
  }

  function share(to: RedisLocation): Shared {
    const begun: Shared = {
      connecting: connectTo(to, release, lostWhen),
      users: 0,
      isLost: () => false,
    };
    return begun;

    function lostWhen(isLost: () => boolean): void {
      begun.isLost = isLost;
    }

    /** Whether the last handle gave it up. */
    function release(): boolean {
      begun.users -= 1;
      if (begun.users === 0 && connections.get(name) === begun) connections.delete(name);
      return begun.users === 0;
    }
  }
}

async function connectTo(
  { url, location }: RedisLocation,
  release: () => boolean,
  lostWhen: (isLost: () => boolean) => void,
): Promise<Connection> {
  const { createClient } = await loadPackage();
  let isOpened = false;
  const client = createClient({
    url,
    // What cannot be sent now fails now; who called it decides how long to wait.
    disableOfflineQueue: true,
    commandOptions: { timeout: 0 },
    socket: {
      // Soon, and with jitter: those who lost one server together need not all come back together.
      reconnectStrategy: () => isOpened && 50 + Math.random() * 100,
    },
  });
  // The error comes to who waits for an answer too.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    client.destroy();
    throw toAssayError(error, location);
  }
  isOpened = true;
  lostWhen(() => !client.isReady);
  return new Connection(client, location, async () => {
    if (!release()) return;
    if (client.isReady) await client.close();
    else client.destroy();
  });
}

/** The package `redis`. Throws `MISSING_DEPENDENCY` where it is not installed. */
async function loadPackage(): Promise<typeof Redis> {
  try {
    return await import("redis");
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new AssayError(
      "MISSING_DEPENDENCY",
      'A Redis storage needs the package "redis": npm install redis',
      { details: { package: "redis" }, cause: error },
    );
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
