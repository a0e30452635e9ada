import type { CollectionDeclaration, DatabaseDriver } from "../../contract.ts";

/**
 * A database in this process's memory, gone when it is closed: SQLite without a file, so that it answers
 * exactly as the default storage does (docs/decisions/0002-memory-is-sqlite.md).
 */
export async function openMemory(
  collections: readonly CollectionDeclaration[],
): Promise<DatabaseDriver> {
  const { openSqliteInMemory } = await import("../sqlite/open.ts");
  return await openSqliteInMemory(collections);
}
