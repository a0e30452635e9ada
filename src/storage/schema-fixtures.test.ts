import { describe, expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import {
  loadFixture,
  readEverything,
  readFixtures,
  writeSqliteFile,
  type SchemaFixture,
} from "../../test/support/schema-fixtures.ts";
import { onEachServer } from "../../test/support/servers/on-each-server.ts";
import { openStorage } from "./open-storage.ts";
import { collections, schemaVersion } from "./schema.ts";
import { upgradeDatabase } from "./upgrade-database.ts";
import { verifyDatabase } from "./verify-database.ts";

const fixtures = readFixtures();

test("a database of every released schema is kept", () => {
  expect(fixtures.map(({ schema }) => schema)).toEqual(
    Array.from({ length: schemaVersion }, (_, i) => i + 1),
  );
  // A change of the collections is a new schema, with a migration and a fixture.
  expect(fixtures.at(-1)?.collections).toEqual(JSON.parse(JSON.stringify(collections)));
});

/** Upgrades the database of a URL, in which a fixture is, and expects all that it held. */
async function expectKept(fixture: SchemaFixture, url: string): Promise<void> {
  const upgrade = await upgradeDatabase(url);
  expect(upgrade).toMatchObject({ from: fixture.schema, to: schemaVersion });
  // A server's own tools make a copy.
  const isCopied = url.startsWith("sqlite:") && fixture.schema < schemaVersion;
  expect(upgrade.backup === null).toBe(!isCopied);
  const storage = await openStorage(url, { create: false });
  try {
    expect((await verifyDatabase(storage)).problems).toEqual([]);
    expect(await readEverything(storage)).toMatchObject(fixture.expected as object[]);
  } finally {
    await storage.close();
  }
}

const lost = "nothing of a database of schema $schema is lost by the upgrade";

describe("SQLite", () => {
  test.each(fixtures)(`${lost}, of the file as it was`, async (fixture) => {
    const { path } = await projectFolder({});
    await expectKept(fixture, await writeSqliteFile(fixture, path("fixture.db")));
  });

  test.each(fixtures)(lost, async (fixture) => {
    const { path } = await projectFolder({});
    await expectKept(fixture, await loadFixture(fixture, `sqlite:${path("loaded.db")}`));
  });
});

onEachServer((freshUrl) => {
  test.each(fixtures)(lost, async (fixture) => {
    await expectKept(fixture, await loadFixture(fixture, freshUrl()));
  });
});
