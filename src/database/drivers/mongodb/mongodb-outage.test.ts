import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPrivateMongodb } from "../../../../test/support/servers/mongodb.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import type { TestServer } from "../../../../test/support/servers/server.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { describeOutageContract } from "../../../testing/describe-outage-contract.ts";

describe.skipIf(serverUrl("MongoDB") === undefined)("MongoDB", () => {
  let server: TestServer;
  const patient = Object.assign(
    (name: string, body: () => Promise<void> | void) => test(name, body, 180_000),
    { skip: test.skip },
  );

  beforeAll(async () => {
    const started = await startPrivateMongodb();
    if (started === undefined) throw new Error("There is no MongoDB server that may be ended");
    server = started;
  });

  afterAll(async () => await server.close());

  describeOutageContract({
    // Each restart costs seconds, and FerretDB sorts all that is open for every claim.
    runner: { describe, test: patient, expect },
    server: () => Promise.resolve(server),
    open: async (settings) => {
      const name = `assay_test_${randomUUID().slice(0, 13)}`;
      return await openStorage(`${server.url}/${name}`, settings);
    },
    // Unless told, the client itself waits for three seconds before it says that its server is away.
    reopen: async ({ location }, settings) =>
      await openStorage(`${location}?serverSelectionTimeoutMS=300`, settings),
  });
});
