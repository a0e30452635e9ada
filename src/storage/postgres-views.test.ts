import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshSchema } from "../../test/support/servers/schemas.ts";
import { serverUrl } from "../../test/support/servers/server-url.ts";
import { choice } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import { registerGrid, reserved } from "../testing/storage/fixtures.ts";
import { openStorage } from "./open-storage.ts";
import type { Storage } from "./storage.ts";

const url = serverUrl("PostgreSQL");

interface Opened {
  readonly storage: Storage;
  readonly schema: string;
  /** What a person's SQL client answers. */
  readonly select: (sql: string) => Promise<unknown[]>;
}

async function opened(): Promise<Opened> {
  const source = freshSchema(url);
  const storage = await openStorage(source);
  const schema = new URL(source).searchParams.get("schema") ?? "";
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  onTestFinished(async () => {
    await storage.close();
    await client.end();
  });
  return { storage, schema, select: async (sql) => (await client.query<object>(sql)).rows };
}

async function completed(storage: Storage, name: string, results: unknown): Promise<string> {
  const experiment = await storage.createExperiment({
    name,
    space: createSpace({ hidden: choice([4, 8]), kind: choice(["a"]), model: { deep: true } }),
    objectives: [{ name: "loss", direction: "minimize" }],
  });
  await registerGrid(storage, experiment);
  const claim = await reserved(storage, experiment);
  await storage.pushTrialResults(experiment, claim, results);
  await storage.refreshView(name);
  return claim.id;
}

describe.skipIf(url === undefined)("PostgreSQL", () => {
  test("a view shows parameters and results as columns of numbers, booleans and texts", async () => {
    const { storage, select } = await opened();
    const id = await completed(storage, "penguins", { loss: NaN, low: -Infinity, note: { a: 1 } });
    expect(
      await select(
        `select number, id, hidden, kind, "model.deep", status, loss, low, note from penguins where hidden < 4.5`,
      ),
    ).toEqual([
      {
        number: "0",
        id,
        hidden: 4,
        kind: "a",
        "model.deep": true,
        status: "completed",
        loss: NaN,
        low: -Infinity,
        note: '{"a":1}',
      },
    ]);
    expect(await select("select count(*)::int from penguins where loss is null")).toEqual([
      { count: 1 },
    ]);
  });

  test("names that PostgreSQL would cut off stay apart", async () => {
    const { storage, select } = await opened();
    const name = "n".repeat(80);
    await completed(storage, `${name}1`, { loss: 1 });
    await completed(storage, `${name}2`, { loss: 2 });
    const views = (await select(
      "select table_name as name from information_schema.views where table_schema = current_schema()",
    )) as { name: string }[];
    expect(views.length).toBe(2);
    const losses = await Promise.all(
      views.map(async (view) => await select(`select loss from "${view.name}" where number = 0`)),
    );
    expect(losses.flat()).toEqual(expect.arrayContaining([{ loss: 1 }, { loss: 2 }]));
  });

  test("a view that somebody's own depends on stays as it is", async () => {
    const { storage, schema, select } = await opened();
    await completed(storage, "penguins", { loss: 1 });
    await select(`create view ${schema}.mine as select loss from ${schema}.penguins`);
    expect(await storage.refreshView("penguins")).toBe("penguins");
    expect(await select("select loss from mine where loss > 0")).toEqual([{ loss: 1 }]);
  });
});
