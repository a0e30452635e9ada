import { describe, expect, test } from "vitest";
import { freshSchema, sameSchema } from "../../../../test/support/servers/schemas.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { describeDatabaseContract } from "../../../testing/describe-database-contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";

import { openPostgres } from "./open.ts";

const url = serverUrl("PostgreSQL");

describe.skipIf(url === undefined)("PostgreSQL", () => {
  describeDatabaseContract({
    runner: { describe, test, expect },
    capabilities: { atomicBatch: true, shared: true, views: true },
    open: async (collections) =>
      new ManagedDatabase(await openPostgres({ source: freshSchema(url), collections })),
    reopen: async ({ location }, collections) => {
      const source = sameSchema(url, location);
      return new ManagedDatabase(await openPostgres({ source, create: false, collections }));
    },
  });
});
