import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { startRedis } from "../../../../test/support/servers/redis.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import type { TestServer } from "../../../../test/support/servers/server.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { describeOutageContract } from "../../../testing/describe-outage-contract.ts";

let started: Promise<TestServer | undefined> | undefined;

async function server(): Promise<TestServer> {
  // With everysec, Redis may hold back what it acknowledged for two seconds while its disk is slow.
  const running = await (started ??= startRedis({ appendfsync: "always" }));
  if (running === undefined) throw new Error("There is no redis-server");
  return running;
}

describe.skipIf(serverUrl("Redis") === undefined)("Redis", () => {
  afterAll(async () => await (await started)?.close());

  describeOutageContract({
    runner: { describe, test, expect },
    server,
    open: async (settings) =>
      await openStorage(`${(await server()).url}?prefix=${randomUUID()}`, settings),
    reopen: async ({ location }, settings) => await openStorage(location, settings),
  });
});
