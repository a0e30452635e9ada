import { describe, expect, test } from "vitest";
import { projectFolder } from "../../../../test/support/project-folder.ts";
import { describeDatabaseContract } from "../../../testing/describe-database-contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { openSqlite } from "./open.ts";

// What is promised of `durability` cannot be seen without a power cut.
const durability = "normal";

describeDatabaseContract({
  runner: { describe, test, expect },
  capabilities: { atomicBatch: true, shared: true, views: true },
  open: async (collections) => {
    const folder = await projectFolder({});
    const path = folder.path("contract.db");
    return new ManagedDatabase(await openSqlite({ path, collections, durability }));
  },
  reopen: async ({ location }, collections) =>
    new ManagedDatabase(await openSqlite({ path: location, collections, durability })),
});
