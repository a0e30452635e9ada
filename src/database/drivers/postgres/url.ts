import { AssayError } from "../../../errors/assay-error.ts";
import { didYouMean } from "../../../util/nearest.ts";

export interface PostgresUrl {
  /** For the client, without Assay's own options. */
  readonly connection: string;
  readonly schema: string;
  /** How many connections there are at most. */
  readonly poolSize: number;
  /** Where it is, without credentials. */
  readonly location: string;
}

export const defaultSchema = "assay";

/** One handle does few things at a time, and many processes share what the server has. */
const defaultPoolSize = 4;

const own = ["schema", "poolSize"];
/** What the client reads from a URL. */
const ofClient = [
  "application_name",
  "connectionTimeoutMillis",
  "fallback_application_name",
  "host",
  "idle_in_transaction_session_timeout",
  "keepAlive",
  "lock_timeout",
  "options",
  "port",
  "query_timeout",
  "ssl",
  "sslcert",
  "sslkey",
  "sslmode",
  "sslnegotiation",
  "sslrootcert",
  "statement_timeout",
  "uselibpqcompat",
];

/** Reads `postgres://user:password@host:port/database?schema=NAME&poolSize=N`. Throws `INVALID_VALUE`. */
export function parsePostgresUrl(text: string): PostgresUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    // The text may hold a password: it is not told.
    throw new AssayError(
      "INVALID_VALUE",
      "The PostgreSQL URL cannot be read (postgres://user:password@host:port/database; special characters in a password are written as %40 and the like)",
      { cause: (cause as { code?: unknown }).code },
    );
  }
  const options = url.searchParams;
  for (const name of options.keys()) {
    const accepted = [...own, ...ofClient];
    if (accepted.includes(name)) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `Unknown option "${name}" of a PostgreSQL storage${didYouMean(name, accepted)} (${own.join(", ")}, and those of the client)`,
      { details: { option: name, accepted } },
    );
  }
  const schema = checkSchema(options.get("schema") ?? defaultSchema);
  const size = options.get("poolSize");
  const poolSize = size === null ? defaultPoolSize : Number(size);
  if (!Number.isSafeInteger(poolSize) || poolSize < 1) {
    throw new AssayError("INVALID_VALUE", `poolSize is a whole number from 1, not "${size ?? ""}"`);
  }
  for (const name of own) options.delete(name);
  const host = options.get("host") ?? url.hostname;
  const port = options.get("port") ?? (url.port === "" ? "5432" : url.port);
  return {
    connection: url.href,
    schema,
    poolSize,
    location: locationOf(`${host === "" ? "localhost" : host}:${port}`, url.pathname, schema),
  };
}

/** What is told of where a database is. */
export function locationOf(address: string, path: string, schema: string): string {
  const query = schema === defaultSchema ? "" : `?schema=${encodeURIComponent(schema)}`;
  return `postgres://${address}${path}${query}`;
}

/** Checks the name of a schema. Throws `INVALID_VALUE`. */
export function checkSchema(schema: string): string {
  const isReserved = /^pg_|^information_schema$/.test(schema);
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/.test(schema) && !isReserved) return schema;
  throw new AssayError(
    "INVALID_VALUE",
    `"${schema}" cannot name a schema: a letter or _, then letters, digits, _ and -, at most 63, and not a name of PostgreSQL's own`,
    { details: { schema } },
  );
}
