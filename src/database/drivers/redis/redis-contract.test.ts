import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { describeDatabaseContract } from "../../../testing/describe-database-contract.ts";
import { describeStorageContract } from "../../../testing/describe-storage-contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { redisOpener } from "./open.ts";

const server = serverUrl("Redis");
const freshUrl = (): string => `${String(server)}?prefix=${randomUUID()}`;

describe.skipIf(server === undefined)("Redis", () => {
  describeDatabaseContract({
    runner: { describe, test, expect },
    capabilities: { atomicBatch: true, shared: true, views: false },
    open: async () => new ManagedDatabase(await redisOpener({ url: freshUrl() })(true)),
    reopen: async ({ location }) => new ManagedDatabase(await redisOpener({ url: location })(true)),
  });

  describeStorageContract({
    runner: { describe, test, expect },
    open: async (settings) => await openStorage(freshUrl(), settings),
    reopen: async ({ location }, settings) => await openStorage(location, settings),
    isPersistent: true,
  });
});
