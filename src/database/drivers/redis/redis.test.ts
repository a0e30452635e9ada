import { randomUUID } from "node:crypto";
import { createClient, createClientPool } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis } from "../../../../test/support/servers/redis.ts";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import type { TestServer } from "../../../../test/support/servers/server.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { gridSpec, storedGrid } from "../../../testing/storage/fixtures.ts";

const shared = serverUrl("Redis");

async function messageOf(action: () => Promise<unknown>): Promise<string> {
  const error = await action().then(
    () => new Error("nothing was thrown"),
    (reason: unknown) => reason as Error & { code: unknown },
  );
  expect(error.message).not.toMatch(/\n|secret/);
  return `${"code" in error ? String(error.code) : ""}: ${error.message}`;
}

describe.skipIf(shared === undefined)("Redis", () => {
  const url = String(shared);
  let own: TestServer;
  let admin: ReturnType<typeof createClient>;

  beforeAll(async () => {
    const server = await startRedis();
    if (server === undefined) throw new Error("There is no redis-server");
    own = server;
    admin = createClient({ url: own.url });
    await admin.connect();
  });

  afterAll(async () => {
    await admin.close();
    await own.close();
  });

  test("everything is below the prefix, and other data in the same database is left alone", async () => {
    await admin.flushAll();
    await admin.set("assay", "another's");
    await admin.hSet("trials", { a: "another's" });
    const storage = await openStorage(own.url);
    await storedGrid(storage, 5);
    await storage.deleteExperiment("grid");
    await storage.close();
    const keys = await admin.keys("*");
    expect(keys.filter((key) => !key.startsWith("{assay}:")).sort()).toEqual(["assay", "trials"]);
    expect(await admin.get("assay")).toBe("another's");
    expect(await admin.hGetAll("trials")).toEqual({ a: "another's" });
  });

  test("storages of two prefixes do not see each other, nor do those of two databases", async () => {
    const urls = [`${own.url}?prefix=one`, `${own.url}?prefix=two`, `${own.url}/3?prefix=one`];
    for (const [i, each] of urls.entries()) {
      await using storage = await openStorage(each);
      await storedGrid(storage, i + 1);
    }
    for (const [i, each] of urls.entries()) {
      await using storage = await openStorage(each, { create: false });
      expect(await storage.countTrials("grid")).toBe(i + 1);
    }
  });

  test("what is not there is not made when it is only read", async () => {
    const prefix = randomUUID();
    expect(await messageOf(() => openStorage(`${url}?prefix=${prefix}`, { create: false }))).toBe(
      `NOT_FOUND: There is no Assay database at ${url}?prefix=${prefix} yet; "assay run" creates it`,
    );
  });

  test("data of another program under the keys of a storage is refused and kept", async () => {
    await admin.set("{taken}:assay_catalog", "a text");
    await admin.hSet("{mixed}:assay_catalog", { another: "hash" });
    await admin.rPush("{late}:trials", "an item");
    for (const prefix of ["taken", "mixed", "late"]) {
      const message = await messageOf(() => openStorage(`${own.url}?prefix=${prefix}`));
      expect(message).toContain(`STORAGE_UNAVAILABLE: ${own.url}?prefix=${prefix} has `);
      expect(message).toMatch(/other data|data of another program/);
    }
    expect(await admin.lRange("{late}:trials", 0, -1)).toEqual(["an item"]);
    expect(await admin.exists("{late}:assay_catalog")).toBe(0);
  });

  test("many who make the same storage at once make it together", async () => {
    for (let round = 0; round < 10; round += 1) {
      const client = createClientPool({ url }, { minimum: 8 });
      await client.connect();
      const prefix = randomUUID();
      const opened = await Promise.all(
        Array.from({ length: 8 }, () => openStorage({ redis: client, prefix })),
      );
      const experiments = opened.map((storage, i) =>
        storage.createExperiment(gridSpec(1, { name: `of ${String(i)}` })),
      );
      const keys = (await Promise.all(experiments)).map(({ key }) => key);
      expect(keys.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      await Promise.all(opened.map(async (storage) => await storage.close()));
      await client.close();
    }
  });

  test("data that was removed while it was in use is an error, and nothing is written beside it", async () => {
    const storage = await openStorage(`${own.url}?prefix=gone`);
    const experiment = await storedGrid(storage, 2);
    await admin.del(await admin.keys("{gone}:*"));
    expect(await messageOf(() => storage.claimTrials(experiment, "holder", 1))).toContain(
      "was removed or replaced while it was in use",
    );
    expect(await admin.keys("{gone}:*")).toEqual([]);
    await storage.close();
  });

  test("a server that forgot its scripts is told them again", async () => {
    await using storage = await openStorage(`${own.url}?prefix=forgot`);
    const experiment = await storedGrid(storage, 2);
    await admin.scriptFlush();
    expect((await storage.claimTrials(experiment, "holder", 1)).length).toBe(1);
    expect(await storage.countTrials(experiment, "reserved")).toBe(1);
  });

  test("a user and a password are used, and told to nobody", async () => {
    await admin.sendCommand(["ACL", "SETUSER", "ann", "on", ">secret", "~{acl}:*", "+@all"]);
    const authority = (user: string): string => own.url.replace("//", `//${user}@`);
    await using storage = await openStorage(`${authority("ann:secret")}?prefix=acl`);
    await storage.createExperiment(gridSpec(1));
    expect(storage.location).toBe(`${own.url}?prefix=acl`);
    expect(await messageOf(() => openStorage(authority("ann:secret-not")))).toBe(
      `STORAGE_UNAVAILABLE: ${own.url} refuses the user name or password`,
    );
    expect(await messageOf(() => openStorage(authority("ann:secret")))).toBe(
      `STORAGE_UNAVAILABLE: ${own.url} does not permit the user what Assay needs`,
    );
    await admin.sendCommand(["ACL", "SETUSER", "default", ">secret"]);
    const fresh = createClient({ url: authority("default:secret") });
    await fresh.connect();
    expect(await messageOf(() => openStorage(own.url))).toBe(
      `STORAGE_UNAVAILABLE: ${own.url} demands a password: redis://:PASSWORD@HOST`,
    );
    await fresh.sendCommand(["ACL", "SETUSER", "default", "nopass"]);
    await fresh.close();
  });

  test("settings that weaken what is guaranteed are told, also where they may not be read", async () => {
    const warnings = async (user = ""): Promise<string> => {
      await using storage = await openStorage(
        `${own.url.replace("//", `//${user}`)}?prefix=settings`,
      );
      return storage.database.warnings.join("\n");
    };
    await admin.configSet({ appendfsync: "always" });
    expect(await warnings()).toBe("");
    await admin.configSet({ appendfsync: "everysec", "maxmemory-policy": "allkeys-lru" });
    expect(await warnings()).toMatch(/^appendfsync is everysec.*\nmaxmemory-policy is allkeys-lru/);
    await admin.configSet({ appendfsync: "no", "maxmemory-policy": "volatile-lru" });
    expect(await warnings()).toMatch(/^appendfsync is no.*always$/);
    await admin.configSet({ appendonly: "no", "maxmemory-policy": "noeviction" });
    expect(await warnings()).toMatch(/^appendonly is no.*yes$/);
    await admin.sendCommand([
      ...["ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all", "-config", "-info"],
    ]);
    expect(await warnings("bob:b@")).toMatch(/^appendonly, .*CONFIG is not permitted/);
    await admin.configSet({ appendonly: "yes", appendfsync: "everysec" });
  });

  test("a replica is refused", async () => {
    const { port } = new URL(url);
    await admin.sendCommand(["REPLICAOF", "127.0.0.1", port]);
    try {
      expect(await messageOf(() => openStorage(own.url))).toBe(
        `STORAGE_UNAVAILABLE: ${own.url} is a replica that may only be read; name its primary`,
      );
    } finally {
      await admin.sendCommand(["REPLICAOF", "NO", "ONE"]);
      await admin.flushAll();
    }
  });

  test("memory that is full is an error of one line, and nothing is half written", async () => {
    await using storage = await openStorage(`${own.url}?prefix=full`);
    const experiment = await storedGrid(storage, 3);
    await admin.configSet({ maxmemory: "1mb" });
    try {
      expect(await messageOf(() => storage.claimTrials(experiment, "holder", 3))).toBe(
        `STORAGE_FULL: ${own.url}?prefix=full has reached its maxmemory`,
      );
    } finally {
      await admin.configSet({ maxmemory: "0" });
    }
    expect(await storage.countTrials(experiment, "new")).toBe(3);
    expect((await storage.claimTrials(experiment, "holder", 3)).length).toBe(3);
  });

  test("nobody there, and a server that does not speak TLS, are errors of one line", async () => {
    expect(await messageOf(() => openStorage("redis://127.0.0.1:1"))).toBe(
      "STORAGE_UNAVAILABLE: redis://127.0.0.1:1 cannot be reached",
    );
    expect(await messageOf(() => openStorage(own.url.replace("redis:", "rediss:")))).toMatch(
      /^STORAGE_UNAVAILABLE: rediss:.* cannot be reached/,
    );
  });

  test("a client, or a pool of clients, can be passed, and stays open", async () => {
    const client = createClient({ url });
    const pool = createClientPool({ url });
    await Promise.all([client.connect(), pool.connect()]);
    for (const redis of [client, pool]) {
      const prefix = randomUUID();
      const storage = await openStorage({ redis, prefix });
      const experiment = await storedGrid(storage, 3);
      await storage.saveSnapshot(
        (await storage.claimTrials(experiment, "holder", 1))[0]?.id ?? "",
        { bytes: new Uint8Array([0, 255]) },
      );
      expect(storage.location).toBe(`the given Redis client?prefix=${prefix}`);
      await storage.close();
      await using again = await openStorage(`${url}?prefix=${prefix}`, { create: false });
      expect(await again.countTrials("grid", "reserved")).toBe(1);
      expect(await redis.sendCommand(["PING"])).toBe("PONG");
    }
    await Promise.all([client.close(), pool.close()]);
    await expect(openStorage({ redis: {} })).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });
});

test.each([
  ["redis://", "The URL of a Redis storage is redis://HOST:PORT"],
  ["redis://host/name", 'A database of Redis is a number, such as redis://HOST/0, not "name"'],
  ["redis://host?prefx=a", 'Unknown option "prefx" of a Redis storage; did you mean "prefix"?'],
  ["redis://host?prefix=a{b}", '"a{b}" cannot be the prefix of a Redis storage'],
])("%s is refused before anything is connected", async (url, start) => {
  const message = await messageOf(() => openStorage(url));
  expect(message.startsWith(`INVALID_VALUE: ${start}`), message).toBe(true);
});
