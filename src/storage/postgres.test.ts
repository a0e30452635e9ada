import { afterAll, describe, expect, test } from "vitest";
import { startPostgres } from "../../test/support/servers/postgres.ts";
import { freshSchema, sameSchema } from "../../test/support/servers/schemas.ts";
import { serverUrl } from "../../test/support/servers/server-url.ts";
import type { TestServer } from "../../test/support/servers/server.ts";
import { describeOutageContract } from "../testing/describe-outage-contract.ts";
import { describeStorageContract } from "../testing/describe-storage-contract.ts";
import { openStorage } from "./open-storage.ts";

const runner = { describe, test, expect };
const url = serverUrl("PostgreSQL");

describe.skipIf(url === undefined)("PostgreSQL", () => {
  describeStorageContract({
    runner,
    isPersistent: true,
    open: async (settings) => await openStorage(freshSchema(url), settings),
    reopen: async ({ location }, settings) =>
      await openStorage(sameSchema(url, location), settings),
  });

  let started: TestServer | undefined;
  afterAll(async () => {
    await started?.close();
  });
  const server = async (): Promise<TestServer> => {
    started ??= await startPostgres();
    if (started === undefined) throw new Error("PostgreSQL could not be started");
    return started;
  };
  describeOutageContract({
    runner,
    server,
    open: async (settings) => await openStorage(freshSchema((await server()).url), settings),
    reopen: async ({ location }, settings) =>
      await openStorage(sameSchema(started?.url, location), settings),
  });
});
