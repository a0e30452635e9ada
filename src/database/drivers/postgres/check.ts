import type { Session } from "./session.ts";
import { once } from "./statement.ts";

/** A database that is full of damages need not tell them all. */
const mostDamages = 100;

/**
 * What the server knows of damages in this schema: indexes that it does not trust, pages whose checksum was
 * wrong, and, where the extension amcheck is installed, indexes whose order is.
 */
export async function findDamages(session: Session, schema: string): Promise<readonly string[]> {
  const [invalid, checksums, amcheck] = await session.run([
    once(
      "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND NOT i.indisvalid",
      [schema],
    ),
    once(
      "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()",
    ),
    once(
      "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'",
    ),
  ]);
  const lines = (invalid?.rows ?? []).map(([name]) => `The index "${name ?? ""}" is not valid`);
  const failures = Number(checksums?.rows[0]?.[0] ?? 0);
  if (failures > 0) lines.push(`${String(failures)} pages of the database had a wrong checksum`);
  const extension = amcheck?.rows[0]?.[0];
  if (typeof extension === "string") {
    lines.push(...(await brokenIndexes(session, schema, extension)));
  }
  return lines.slice(0, mostDamages);
}

async function brokenIndexes(
  session: Session,
  schema: string,
  extension: string,
): Promise<string[]> {
  const [indexes] = await session.run([
    once(
      "SELECT i.indexrelid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam WHERE n.nspname = $1 AND a.amname = 'btree' AND i.indisvalid",
      [schema],
    ),
  ]);
  const lines: string[] = [];
  for (const [oid = "", name = ""] of indexes?.rows ?? []) {
    const check = once(`SELECT ${extension}.bt_index_check($1::bigint::oid::regclass)`, [oid]);
    try {
      await session.run([check]);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "CORRUPT") throw error;
      const { cause } = error as { cause?: unknown };
      lines.push(
        `The index "${name ?? ""}": ${cause instanceof Error ? cause.message : "damaged"}`,
      );
    }
  }
  return lines;
}
