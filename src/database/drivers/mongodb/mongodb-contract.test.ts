import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { describeDatabaseContract } from "../../../testing/describe-database-contract.ts";
import type { CollectionDeclaration, Database } from "../../contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { openMongodb } from "./open.ts";

const url = serverUrl("MongoDB");

describe.skipIf(url === undefined)("MongoDB", () => {
  const open = async (
    location: string,
    collections: readonly CollectionDeclaration[],
  ): Promise<Database> => {
    return new ManagedDatabase(await openMongodb(location, { create: true, collections }));
  };

  describeDatabaseContract({
    runner: { describe, test, expect },
    capabilities: { atomicBatch: false, shared: true, views: false },
    open: async (collections) => {
      const name = `assay_test_${randomUUID().slice(0, 13)}`;
      return await open(`${url ?? ""}/${name}`, collections);
    },
    reopen: async ({ location }, collections) => await open(location, collections),
  });
});
