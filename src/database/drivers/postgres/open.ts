import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration, DatabaseDriver } from "../../contract.ts";
import { catalogLock, schemaStatements } from "./catalog.ts";
import { PostgresDriver } from "./driver.ts";
import { loadClient } from "./load-client.ts";
import { FailedStatement } from "./pipeline.ts";
import { toPool, type PostgresPool } from "./pool.ts";
import { inspectServer } from "./server.ts";
import { Session } from "./session.ts";
import { once } from "./statement.ts";
import { checkSchema, defaultSchema, locationOf, parsePostgresUrl } from "./url.ts";

export interface PostgresOptions {
  /** A URL, or a pool of the package `pg`, which stays the caller's, with the name of a schema. */
  readonly source: string | { readonly postgres: object; readonly schema?: string };
  /** False makes a database without Assay's schema `NOT_FOUND` instead of creating it. */
  readonly create?: boolean;
  readonly collections: readonly CollectionDeclaration[];
}

/**
 * Opens a PostgreSQL database. Throws `INVALID_VALUE`, `MISSING_DEPENDENCY`, `NOT_FOUND`, `UNSUPPORTED` or
 * `STORAGE_UNAVAILABLE`, the last also when the schema is another program's; then nothing was changed.
 */
export async function openPostgres(options: PostgresOptions): Promise<DatabaseDriver> {
  const { source, create = true, collections } = options;
  const { session, schema } =
    typeof source === "string" ? await ownPool(source) : await passedPool(source);
  try {
    const warnings = await prepareSchema(session, schema, create);
    return new PostgresDriver({ session, schema, collections, warnings });
  } catch (error) {
    await session.close();
    throw error instanceof FailedStatement ? error.cause : error;
  }
}

interface Opened {
  readonly session: Session;
  readonly schema: string;
}

async function ownPool(url: string): Promise<Opened> {
  const { connection, schema, poolSize, location } = parsePostgresUrl(url);
  const Pool = await loadClient();
  const hasTimeout = new URL(connection).searchParams.has("connectionTimeoutMillis");
  const pool = new Pool({
    connectionString: connection,
    max: poolSize,
    ...(hasTimeout ? {} : { connectionTimeoutMillis: 10_000 }),
    keepAlive: true,
    // A storage that was forgotten does not keep its process alive.
    allowExitOnIdle: true,
    fallback_application_name: "assay",
  });
  // A connection that is lost while nobody uses it is replaced by the next one; and one may be lost in the moment in
  // which it is given out, when nobody listens to it yet.
  pool.on("error", ignore);
  pool.on("connect", (client) => void client.on("error", ignore));
  const end = async (): Promise<void> => await pool.end();
  return { session: new Session(pool, location, { size: poolSize, end }), schema };
}

async function passedPool(source: {
  readonly postgres: object;
  readonly schema?: string;
}): Promise<Opened> {
  const pool = toPool(source.postgres);
  const schema = checkSchema(source.schema ?? defaultSchema);
  const location = await locationOfPool(pool, schema);
  return { session: new Session(pool, location), schema };
}

/** Asked of the server: what a pool was made with may hold a password. */
async function locationOfPool(pool: PostgresPool, schema: string): Promise<string> {
  const session = new Session(pool, "The PostgreSQL server of the pool");
  const [result] = await session.run([
    once("SELECT host(inet_server_addr()), inet_server_port(), current_database()"),
  ]);
  const [host, port, database] = result?.rows[0] ?? [];
  const address = host === null || host === undefined ? "localhost" : `${host}:${port ?? ""}`;
  return locationOf(address, `/${encodeURIComponent(database ?? "")}`, schema);
}

/** Makes the schema if need be. Returns what the server's settings put at risk. */
async function prepareSchema(
  session: Session,
  schema: string,
  create: boolean,
): Promise<readonly string[]> {
  const { location } = session;
  const found = await inspectServer(session, schema);
  if (found.isOurs) return found.warnings;
  if (found.content !== undefined) throw ofAnother(location, schema, found.content);
  if (!create) {
    throw new AssayError(
      "NOT_FOUND",
      `There is no Assay database at ${location} yet; "assay run" creates it`,
      { details: { location } },
    );
  }
  await session.transaction(async (transaction) => {
    await transaction.run([catalogLock(schema)]);
    // Another process may have made it meanwhile.
    const now = await inspectServer(transaction, schema);
    await transaction.commit(now.isOurs ? [] : schemaStatements(schema, now.hasSchema));
  });
  return found.warnings;
}

function ofAnother(location: string, schema: string, content: string): AssayError {
  return new AssayError(
    "STORAGE_UNAVAILABLE",
    `The schema "${schema}" of ${location} holds "${content}" of another program; name another schema by ?schema=NAME`,
    { details: { location, schema, found: content } },
  );
}

function ignore(): void {
  // Whoever uses the connection is told by what it asked of it.
}
