import pg from "pg";
import { describe, expect, test } from "vitest";
import { freshSchema } from "../../test/support/servers/schemas.ts";
import { serverUrl } from "../../test/support/servers/server-url.ts";
import { plannerSettings } from "../database/drivers/postgres/session.ts";
import { largeCollections, useEverything } from "../testing/storage/use-everything.ts";
import { openStorage } from "./open-storage.ts";

const url = serverUrl("PostgreSQL");

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Plan[];
}

interface Wire {
  parse(statement: { readonly text: string }): void;
}

/** A pool that remembers the statements which are sent over it. */
function recordingPool(connectionString: string): { pool: pg.Pool; statements: Set<string> } {
  const pool = new pg.Pool({ connectionString });
  const statements = new Set<string>();
  pool.on("connect", (client) => {
    const { connection: wire } = client as unknown as { readonly connection: Wire };
    const parse = wire.parse.bind(wire);
    wire.parse = (statement) => {
      statements.add(statement.text);
      parse(statement);
    };
  });
  return { pool, statements };
}

/** The plan of a statement with the settings under which the driver has it planned, whatever its values. */
async function explain(client: pg.PoolClient, sql: string): Promise<Plan> {
  const numbers = Array.from(sql.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
  const values = Array.from({ length: Math.max(0, ...numbers) }, () => "NULL");
  const call = values.length === 0 ? "" : `(${values.join(", ")})`;
  await client.query(`PREPARE explained AS ${sql}`);
  const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: Plan }[] }>(
    `EXPLAIN (FORMAT JSON) EXECUTE explained${call}`,
  );
  await client.query("DEALLOCATE explained");
  const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
  if (plan === undefined) throw new Error(`There is no plan for ${sql}`);
  return plan;
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** The parts of a plan that look at all documents of a large collection, or sort them. */
function costly(plan: Plan): string[] {
  return nodesOf(plan)
    .filter((node) => {
      const type = node["Node Type"];
      if (type.endsWith("Sort")) return true;
      if (type === "ModifyTable" || !largeCollections.includes(node["Relation Name"] ?? "")) {
        return false;
      }
      const isById = type === "Tid Scan";
      return !isById && (type === "Seq Scan" || node["Index Cond"] === undefined);
    })
    .map((node) => `${node["Node Type"]} ${node["Relation Name"] ?? ""}`.trim());
}

describe.skipIf(url === undefined)("PostgreSQL", () => {
  test("no statement of storage looks at all documents of a large collection, or sorts them", async () => {
    const source = new URL(freshSchema(url));
    const schema = source.searchParams.get("schema") ?? "";
    const { pool, statements } = recordingPool(url ?? "");
    const storage = await openStorage({ postgres: pool, schema }, { leaseMs: 0 });
    await useEverything(storage);
    await storage.close();

    const client = await pool.connect();
    for (const [name, value] of Object.entries(plannerSettings)) {
      await client.query(`SET ${name} = ${value}`);
    }
    const asked = [...statements].filter(
      // A cursor is planned as its query is. What looks for the kinds of values reads so many rows at most.
      (sql) =>
        /^(SELECT|UPDATE|DELETE|INSERT|WITH|DECLARE)/.test(sql) && !sql.includes("string_agg"),
    );
    const found = [];
    for (const sql of asked) {
      const query = sql.replace(/^DECLARE .*? CURSOR FOR /, "");
      if (!largeCollections.some((name) => query.includes(`"${schema}"."${name}"`))) continue;
      found.push({ sql: query, costly: costly(await explain(client, query)) });
    }
    // It saw the statements, and what a scan looks like.
    expect(found.length).toBeGreaterThan(30);
    const scan = `SELECT * FROM "${schema}"."trials" WHERE "seed" = $1`;
    expect(costly(await explain(client, scan))).toEqual(["Seq Scan trials"]);
    const order = `SELECT * FROM "${schema}"."trials" WHERE "experiment" = $1 ORDER BY "seed"`;
    expect(costly(await explain(client, order))).toContain("Sort");
    expect(found.filter((one) => one.costly.length > 0)).toEqual([]);
    client.release();
    await pool.end();
  });
});
