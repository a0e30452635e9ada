import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshSchema, sameSchema } from "../../../../test/support/servers/schemas.ts";
import { freePort } from "../../../../test/support/servers/server.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { contractCollections, scan } from "../../../testing/database/collections.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { openPostgres, type PostgresOptions } from "./open.ts";

const url = serverUrl("PostgreSQL") ?? "";

async function open(
  source: PostgresOptions["source"],
  more: { readonly create?: boolean } = {},
): Promise<ManagedDatabase> {
  const driver = await openPostgres({ source, collections: contractCollections, ...more });
  const database = new ManagedDatabase(driver);
  onTestFinished(async () => await database.close());
  return database;
}

async function defined(source: PostgresOptions["source"]): Promise<ManagedDatabase> {
  const database = await open(source);
  await database.define(contractCollections);
  return database;
}

/** A pool as another program has one. */
function newPool(more: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...more });
  onTestFinished(async () => await pool.end());
  return pool;
}

function schemaOf(source: string): string {
  return new URL(source).searchParams.get("schema") ?? "";
}

describe.skipIf(url === "")("PostgreSQL", () => {
  test("a schema that is not there is NOT_FOUND unless it may be created", async () => {
    const source = freshSchema(url);
    await expect(open(source, { create: false })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `There is no Assay database at ${sameSchema("postgres://127.0.0.1", source).replace(
        "postgres://127.0.0.1",
        `postgres://${new URL(url).host}/postgres`,
      )} yet; "assay run" creates it`,
    });
    await open(source);
    await open(source, { create: false });
  });

  test("a schema of another program is refused in one line, and stays as it was", async () => {
    const pool = newPool();
    const source = freshSchema(url);
    const schema = schemaOf(source);
    await pool.query(`CREATE SCHEMA ${schema}`);
    await pool.query(`CREATE TABLE ${schema}.trials (a int)`);
    for (const create of [true, false]) {
      await expect(open(source, { create })).rejects.toMatchObject({
        code: "STORAGE_UNAVAILABLE",
        message: expect.stringMatching(
          /^The schema "test_\w+" of postgres:\/\/127\.0\.0\.1:\d+\/postgres\?schema=test_\w+ holds "trials" of another program; name another schema by \?schema=NAME$/,
        ) as string,
      });
    }
    const { rows } = await pool.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1",
      [schema],
    );
    expect(rows).toEqual([{ name: "trials" }]);
  });

  test("an empty schema that somebody prepared is used", async () => {
    const source = freshSchema(url);
    await newPool().query(`CREATE SCHEMA ${schemaOf(source)}`);
    const database = await defined(source);
    expect(await database.write("items", { group: 1, place: 1 })).toBe(1);
  });

  test("many that open at first at the same time all succeed", async () => {
    const source = freshSchema(url);
    const databases = await Promise.all(Array.from({ length: 12 }, () => defined(source)));
    await Promise.all(
      databases.map(async (database, place) => {
        await database.write("items", { group: 1, place });
        await database.write("things", { place });
      }),
    );
    expect(await databases[0]?.count("items", { group: 1 })).toBe(12);
    expect(await databases[0]?.count("things", {}, scan)).toBe(12);
  });

  test("what cannot be opened is one line without credentials", async () => {
    const port = String(await freePort());
    const cases = [
      [
        `postgres://user:secret@127.0.0.1:${port}/x`,
        `postgres://127.0.0.1:${port}/x cannot be reached`,
      ],
      [`${url}_missing`, `postgres://${new URL(url).host}/postgres_missing has no such database`],
      [
        url.replace("assay@", "nobody:secret@"),
        `postgres://${new URL(url).host}/postgres refuses the user or the password`,
      ],
    ] as const;
    for (const [source, message] of cases) {
      const error: unknown = await open(source).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", message });
      expect(JSON.stringify(error)).not.toContain("secret");
    }
  });

  test("a pool of the caller is used and stays open, and its sessions stay as they were", async () => {
    const pool = newPool({ max: 1 });
    const schema = schemaOf(freshSchema(url));
    const database = await defined({ postgres: pool, schema });
    expect(new URL(database.location).search).toBe(`?schema=${schema}`);
    await database.write("items", { group: 1, place: 1, weight: 1 / 3 });
    await database.write("items", { append: { log: 1 } }, { group: 1, place: 1 });
    const [found] = await database.readAndWrite(
      "items",
      { group: 1, place: { $gte: 0 } },
      { set: { label: "a" } },
    );
    expect(found).toEqual({ group: 1, place: 1, weight: 1 / 3, label: "a", log: [1] });
    await database.close();
    const { rows } = await pool.query<Record<string, string>>(
      "SELECT current_setting('enable_seqscan') AS seqscan, current_setting('plan_cache_mode') AS mode",
    );
    expect(rows).toEqual([{ seqscan: "on", mode: "auto" }]);
  });

  test("what is no pool is refused in one line", async () => {
    const client = new pg.Client(url);
    for (const postgres of [{}, client, newPool({ pipeline: true })]) {
      await expect(open({ postgres })).rejects.toMatchObject({ code: "INVALID_VALUE" });
    }
  });

  test("statements that the server forgot, or whose table changed, are prepared again", async () => {
    const pool = newPool({ max: 1 });
    const schema = schemaOf(freshSchema(url));
    const database = await defined({ postgres: pool, schema });
    const use = async (place: number): Promise<void> => {
      await database.write("items", { group: 1, place });
      expect(await database.read("items", { group: 1, place })).toEqual([{ group: 1, place }]);
    };
    await use(1);
    await pool.query("DEALLOCATE ALL");
    await use(2);
    await pool.query(`ALTER TABLE ${schema}.items ALTER COLUMN place TYPE int`);
    await use(3);
  });

  test("batches that lock each other's documents in turn are all carried out", async () => {
    const source = freshSchema(url);
    const databases = [await defined(source), await defined(source)];
    await databases[0]?.write("items", [
      { group: 1, place: 1, weight: 0 },
      { group: 1, place: 2, weight: 0 },
    ]);
    const places = [
      [1, 2],
      [2, 1],
    ];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const operations = (places[i % 2] ?? []).map((place) => ({
          kind: "update" as const,
          collection: "items",
          query: { group: 1, place },
          // What is appended is decided here, document by document.
          change: { increment: { weight: 1 }, append: i < 2 ? { log: i } : {} },
        }));
        const outcome = await databases[i % 2]?.batch(operations);
        expect(outcome?.applied).toBe(true);
      }),
    );
    const found = await databases[0]?.read("items", { group: 1 }, { select: ["weight"] });
    expect(found).toEqual([{ weight: 60 }, { weight: 60 }]);
  });

  test("updates of one shape are one statement, each with its own outcome", async () => {
    const pool = newPool({ max: 1 });
    const database = await defined({ postgres: pool, schema: schemaOf(freshSchema(url)) });
    const count = 70;
    await database.write(
      "items",
      Array.from({ length: count }, (_, place) => ({
        group: 1,
        place,
        label: `${String(place)}"\\{}`,
      })),
    );
    expect(await database.count("items", { group: 1 })).toBe(count);
    const client = await pool.connect();
    client.release();
    let executed = 0;
    const { connection } = client as unknown as { connection: { execute(portal: object): void } };
    const execute = connection.execute.bind(connection);
    connection.execute = (portal) => {
      executed += 1;
      execute(portal);
    };
    const outcome = await database.batch(
      Array.from({ length: count }, (_, place) => ({
        kind: "update" as const,
        collection: "items",
        query: { group: 1, place, label: place % 7 === 3 ? "stale" : `${String(place)}"\\{}` },
        change: {
          set: { params: JSON.stringify({ text: `a "quoted" \\ ${String(place)}` }) },
          increment: { weight: place },
        },
      })),
    );
    // One more sets how the transaction is planned.
    expect(executed).toBe(2);
    const counts = outcome.applied ? outcome.results.map((result) => result.count) : [];
    expect(counts).toEqual(Array.from({ length: count }, (_, place) => Number(place % 7 !== 3)));
    const found = await database.read("items", { group: 1 }, { sort: [{ field: "place" }] });
    expect(found[69]).toMatchObject({ weight: 69, params: '{"text":"a \\"quoted\\" \\\\ 69"}' });
    expect(found[3]?.["weight"]).toBe(undefined);
  });

  test("a claim waits for documents that others have locked when there are no others", async () => {
    const pool = newPool();
    const source = freshSchema(url);
    const database = await defined(source);
    await database.write("items", { group: 1, place: 1, dueAt: 0 });
    const other = await pool.connect();
    await other.query("BEGIN");
    await other.query(`SELECT * FROM ${schemaOf(source)}.items FOR UPDATE`);
    const claim = database.readAndWrite(
      "items",
      { group: 1, dueAt: { $lte: 0 } },
      { set: { dueAt: 9 } },
      { sort: [{ field: "dueAt" }, { field: "place" }] },
    );
    await other.query("SELECT pg_sleep(0.2)");
    await other.query("ROLLBACK");
    other.release();
    expect(await claim).toEqual([{ group: 1, place: 1, dueAt: 9 }]);
  });

  test("settings that put data at risk are told", async () => {
    const database = await open(`${freshSchema(url)}&options=-c%20synchronous_commit%3Doff`);
    expect(database.warnings).toEqual([
      "synchronous_commit = off: what was committed in the last moments before a crash is lost",
    ]);
    expect((await open(freshSchema(url))).warnings).toEqual([]);
  });

  test("a check finds an index that the server does not trust", async () => {
    const source = freshSchema(url);
    const database = await defined(source);
    expect(await database.check()).toEqual([]);
    await newPool().query(
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${schemaOf(source)}.items_by_label'::regclass`,
    );
    expect(await database.check()).toEqual(['The index "items_by_label" is not valid']);
  });

  test("it tells which server it is, and the room that the schema takes", async () => {
    const database = await defined(freshSchema(url));
    const before = await database.describe();
    expect(before?.product).toMatch(/^PostgreSQL \d+/);
    const content = Buffer.alloc(300_000, 7);
    await database.write("items", { group: 1, place: 1, content });
    const after = await database.describe();
    expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBeGreaterThanOrEqual(content.length);
  });
});
