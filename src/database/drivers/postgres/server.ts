import { AssayError } from "../../../errors/assay-error.ts";
import { indexTable } from "./catalog.ts";
import { once, type Statement, type StatementResult } from "./statement.ts";

const oldest = 130_000;

/** What a server says of itself, and of a schema in it. */
export interface Server {
  readonly warnings: readonly string[];
  /** Whether there is such a schema. */
  readonly hasSchema: boolean;
  /** Whether the schema is Assay's. */
  readonly isOurs: boolean;
  /** Something in the schema, such as the table of another program. */
  readonly content: string | undefined;
}

/** A session, or a transaction of it. */
interface Asked {
  readonly location: string;
  run(statements: readonly Statement[]): Promise<StatementResult[]>;
}

interface Setting {
  readonly sql: string;
  readonly isSafe: (value: string) => boolean;
  readonly risk: string;
}

/** What the guarantees need. Each is named as the server names it. */
const needed: Readonly<Record<string, Setting>> = {
  fsync: {
    sql: "current_setting('fsync')",
    isSafe: (value) => value === "on",
    risk: "a power cut can damage the whole database",
  },
  synchronous_commit: {
    sql: "current_setting('synchronous_commit')",
    isSafe: (value) => value !== "off",
    risk: "what was committed in the last moments before a crash is lost",
  },
  full_page_writes: {
    sql: "current_setting('full_page_writes')",
    isSafe: (value) => value === "on",
    risk: "a power cut can damage pages that were being written",
  },
};

/** Looks at a server. Throws `UNSUPPORTED` when it cannot hold what Assay stores. */
export async function inspectServer(server: Asked, schema: string): Promise<Server> {
  const settings = Object.entries(needed);
  const relations = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1";
  const [result] = await server.run([
    once(
      `SELECT current_setting('server_version_num'), current_setting('server_encoding'),
        EXISTS (SELECT FROM pg_namespace WHERE nspname = $1),
        EXISTS (SELECT FROM ${relations} AND c.relname = $2 AND c.relkind = 'r'),
        (SELECT c.relname FROM ${relations} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY 1 LIMIT 1),
        ${settings.map(([, { sql }]) => sql).join(", ")}`,
      [schema, indexTable],
    ),
  ]);
  const [version, encoding, hasSchema, isOurs, content, ...values] = result?.rows[0] ?? [];
  const { location } = server;
  if (Number(version) < oldest) {
    throw new AssayError(
      "UNSUPPORTED",
      `${location} is PostgreSQL ${String(Math.floor(Number(version) / 10_000))}; Assay needs 13 or newer`,
    );
  }
  if (encoding !== "UTF8") {
    throw new AssayError(
      "UNSUPPORTED",
      `${location} has the encoding ${String(encoding)}; Assay needs a database in UTF8`,
    );
  }
  const warnings = settings.flatMap(([name, { isSafe, risk }], i) => {
    const value = values[i] ?? "";
    return isSafe(value) ? [] : [`${name} = ${value}: ${risk}`];
  });
  return {
    warnings,
    hasSchema: hasSchema === "t",
    isOurs: isOurs === "t",
    content: content ?? undefined,
  };
}
