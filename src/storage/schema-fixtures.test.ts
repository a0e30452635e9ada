import { describe, expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import {
  fixtureBackends,
  readEverything,
  readFixtures,
} from "../../test/support/schema-fixtures.ts";
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

describe.each(fixtures)("a database of schema $schema", (fixture) => {
  test.each(fixtureBackends)("$name: nothing is lost by the upgrade", async ({ load }) => {
    const folder = await projectFolder({});
    const url = await load(fixture, folder);
    const upgrade = await upgradeDatabase(url);
    expect(upgrade).toMatchObject({ from: fixture.schema, to: schemaVersion });
    expect(upgrade.backup === null).toBe(fixture.schema === schemaVersion);
    const storage = await openStorage(url, { create: false });
    try {
      expect((await verifyDatabase(storage)).problems).toEqual([]);
      expect(await readEverything(storage)).toMatchObject(fixture.expected as object[]);
    } finally {
      await storage.close();
    }
  });
});
