import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startPrivateMongodb } from "../../../../test/support/servers/mongodb.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import type { TestServer } from "../../../../test/support/servers/server.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { claimed, storedGrid } from "../../../testing/storage/fixtures.ts";
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

  test("a connection that is reset while it takes what is written is lost like any other", async () => {
    const proxy = await resettingProxy(server.url, 2_000_000);
    await using storage = await openStorage(`${proxy.url}/assay_test_${randomUUID().slice(0, 13)}`);
    const claim = await claimed(storage, await storedGrid(storage, 1));
    const content = new Uint8Array(12_000_000).fill(7);
    await storage.saveArtifact(claim.id, "large", content);
    expect(proxy.resets()).toBe(1);
    expect((await storage.readArtifact(claim.id, "large")).equals(content)).toBe(true);
  });
});

/** A way to a server that resets the first connection on which so many bytes came, and does not take the rest. */
async function resettingProxy(
  url: string,
  bytes: number,
): Promise<{ readonly url: string; readonly resets: () => number }> {
  const { hostname, port } = new URL(url);
  let resets = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    let received = 0;
    client.on("data", (data) => {
      received += data.length;
      if (received < bytes || resets > 0) return;
      resets += 1;
      client.pause();
      // The client is to have more to write than the system takes.
      setTimeout(() => client.resetAndDestroy(), 100);
      server.destroy();
    });
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.close();
  });
  return {
    url: `mongodb://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`,
    resets: () => resets,
  };
}
