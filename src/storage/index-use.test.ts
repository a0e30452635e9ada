import { expect, test } from "vitest";
import { Connection } from "../database/drivers/sqlite/connection.ts";
import { SqliteDriver } from "../database/drivers/sqlite/driver.ts";
import { openConnection } from "../database/drivers/sqlite/open-connection.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { largeCollections, useEverything } from "../testing/storage/use-everything.ts";
import { ensureSchema } from "./migrate.ts";
import { collections } from "./schema.ts";
import { createStorage } from "./storage.ts";

/** Remembers the statements that the driver prepares. */
class RecordingConnection extends Connection {
  readonly statements = new Set<string>();

  override prepare(sql: string): ReturnType<Connection["prepare"]> {
    if (/^(SELECT|UPDATE|DELETE)/.test(sql)) this.statements.add(sql);
    return super.prepare(sql);
  }

  /** The lines of SQLite's plan for a statement. */
  explain(sql: string): string[] {
    const parameters = Array.from(sql.matchAll(/\?/g), () => null);
    const rows = this.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters);
    return rows.map((row) => (row as { detail: string }).detail);
  }
}

test("no statement of storage looks at all documents of a large collection, or sorts them", async () => {
  const { raw } = await openConnection(":memory:", "memory:", "normal");
  const connection = new RecordingConnection(raw, "memory:");
  const driver = new SqliteDriver(connection, collections, { shared: false });
  await driver.start();
  const database = new ManagedDatabase(driver);
  await ensureSchema(database);
  const storage = createStorage({ database, leaseMs: 0, wallClock: () => new Date() });

  await useEverything(storage);

  // What nothing can meet, such as an id of half the length, SQLite decides before it looks at a document.
  const statements = [...connection.statements].filter((sql) => !sql.endsWith(" WHERE 0"));
  const plans = statements.map((sql) => ({ sql, plan: connection.explain(sql) }));
  // It saw the statements, and what a scan looks like.
  expect(plans.length).toBeGreaterThan(30);
  expect(connection.explain('SELECT * FROM "trials" WHERE "seed" = ?')).toEqual(["SCAN trials"]);
  const scans = plans.filter(({ plan }) =>
    plan.some((line) => largeCollections.some((name) => line.startsWith(`SCAN ${name}`))),
  );
  expect(scans).toEqual([]);
  const sorts = plans.filter(({ plan }) => plan.some((line) => line.includes("TEMP B-TREE")));
  expect(
    sorts.filter(({ sql }) => largeCollections.some((name) => sql.includes(`FROM "${name}"`))),
  ).toEqual([]);
  await storage.close();
});
