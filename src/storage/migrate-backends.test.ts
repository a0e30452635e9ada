import { describe, expect, test } from "vitest";
import { openCollections } from "../../test/support/open-collections.ts";
import { projectFolder } from "../../test/support/project-folder.ts";
import { onEachServer } from "../../test/support/servers/on-each-server.ts";
import type { CollectionDeclaration, Database, Document } from "../database/contract.ts";
import { storedGrid } from "../testing/storage/fixtures.ts";
import { migrations, readSchemaVersion, type Migration } from "./migrate.ts";
import { openStorage } from "./open-storage.ts";
import { numberIn } from "./records.ts";
import { collections, schemaVersion } from "./schema.ts";
import { upgradeBy } from "./upgrade-database.ts";
import { eachInOrder } from "./verify/in-order.ts";

const next = schemaVersion + 1;
const trials = 25;
const pageSize = 10;

/** The collections of a schema that might come next: trials have a weight, and are found by it. */
const nextCollections = collections.map((declaration): CollectionDeclaration => {
  if (declaration.name !== "trials") return declaration;
  const { fields, indexes } = declaration;
  return {
    ...declaration,
    fields: { ...fields, weight: "integer" },
    indexes: [...indexes, { fields: ["experiment", "weight"], sparse: "weight" }],
  };
});

/** This Assay's migrations and one that gives every trial its weight, page by page. */
function withWeights(step: () => void): readonly Migration[] {
  const apply = async (database: Database): Promise<void> => {
    step();
    await database.define(nextCollections);
    for (const page of await pagesOf(database)) {
      step();
      await database.batch(
        page.map(({ experiment, number }) => ({
          kind: "update",
          collection: "trials",
          query: { experiment, number },
          change: { set: { weight: 2 * Number(number) } },
        })),
      );
    }
    step();
  };
  return [...migrations, { to: next, describe: "weigh the trials", apply }];
}

async function pagesOf(database: Database): Promise<readonly (readonly Document[])[]> {
  const pages: Document[][] = [];
  for await (const trial of everyTrial(database)) {
    if ((pages.at(-1)?.length ?? pageSize) === pageSize) pages.push([]);
    pages.at(-1)?.push(trial);
  }
  return pages;
}

function everyTrial(database: Database): AsyncGenerator<Document, void, undefined> {
  return eachInOrder(database, {
    collection: "trials",
    where: {},
    by: ["experiment", "number"],
    from: -Infinity,
    pageSize,
  });
}

async function withDatabase<Result>(
  url: string,
  declared: readonly CollectionDeclaration[],
  read: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openCollections(url, declared);
  try {
    return await read(database);
  } finally {
    await database.close();
  }
}

async function readTrials(database: Database): Promise<readonly Document[]> {
  return (await pagesOf(database)).flat();
}

/** Stops a migration at each of its steps, one after the other, until it comes to its end. Returns how often. */
async function upgradeByAndBy(url: string): Promise<number> {
  for (let stops = 0; ; stops += 1) {
    let left = stops;
    const step = (): void => {
      if (left-- === 0) throw new Error("killed here");
    };
    const failure = await upgradeBy(withWeights(step), url, {}).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return stops;
    expect(failure).toMatchObject({ message: "killed here" });
    expect(await withDatabase(url, collections, readSchemaVersion)).toBe(schemaVersion);
  }
}

async function expectUpgraded(url: string): Promise<void> {
  const storage = await openStorage(url);
  await storedGrid(storage, trials);
  await storage.close();
  const before = await withDatabase(url, collections, readTrials);
  expect(before).toHaveLength(trials);

  // Before the collections, before each of three pages, and before the version is written.
  expect(await upgradeByAndBy(url)).toBe(5);

  await withDatabase(url, nextCollections, async (database) => {
    expect(await readSchemaVersion(database)).toBe(next);
    expect(await readTrials(database)).toEqual(
      before.map((trial) => ({ ...trial, weight: 2 * numberIn(trial, "number") })),
    );
    const { experiment } = before[0] ?? {};
    const query = { experiment, weight: { $gte: 40, $lt: 46 } };
    const sort = [{ field: "weight" }];
    const found = await database.read("trials", query, { sort, select: ["number"] });
    expect(found).toEqual([{ number: 20 }, { number: 21 }, { number: 22 }]);
  });
  await expect(openStorage(url)).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
}

const promise = "a migration that is stopped anywhere and repeated changes every document once";

describe("SQLite", () => {
  test(promise, async () => {
    const { path } = await projectFolder({});
    await expectUpgraded(`sqlite:${path("a.db")}`);
  });
});

onEachServer((freshUrl) => {
  test(promise, async () => await expectUpgraded(freshUrl()));
});
