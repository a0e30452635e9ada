import { setTimeout as sleep } from "node:timers/promises";
import { execute, openStorage } from "assay";
import { expect, onTestFinished, test } from "vitest";
import { endOf, faultFolder } from "../support/fault/fault-folder.ts";
import { backends } from "../support/servers/backends.ts";
import { startRedis } from "../support/servers/redis.ts";
import { freshStorageUrl, onEachServer } from "../support/servers/on-each-server.ts";
import type { TestServer } from "../support/servers/server.ts";

onEachServer((_, backend) => {
  /** A server of the test's own, that it may take away. */
  async function ownServer(): Promise<{ server: TestServer; storage: string }> {
    // What Redis acknowledges before it is on the disk may be lost with it.
    const server = await (backend === "Redis"
      ? startRedis({ appendfsync: "always" })
      : backends[backend]());
    if (server === undefined) throw new Error(`There is no server of ${backend}`);
    onTestFinished(async () => await server.close());
    return { server, storage: freshStorageUrl(backend, server.url) };
  }

  test("a run waits while its server is away, and loses and repeats nothing", async () => {
    const { server, storage } = await ownServer();
    const { run, executed, check } = await faultFolder({
      size: 60,
      body: "await sleep(50);",
      storage,
    });
    const running = run(["--workers", "2"]);
    for (const number of [5, 20]) {
      await executed(number);
      await server.kill();
      await sleep(1500);
      await server.start();
    }
    const { stdout, stderr } = await endOf(running, 0);
    expect(stdout).toContain("60 completed");
    expect(stderr).toContain("; waiting for it");
    expect(await check()).toMatchObject({ attempts: 60 });
  });

  test("a run whose server stays away stops, and the next one runs the rest", async () => {
    const { server, storage } = await ownServer();
    const { file, executed, finish } = await faultFolder({
      size: 200,
      body: "await sleep(50);",
      storage,
    });
    const opened = await openStorage(storage, { patienceMs: 500, leaseMs: 3000 });
    onTestFinished(async () => await opened.close());
    const run = execute(file, { storage: opened, workers: 2, onOutput: () => undefined });
    const stopped = expect(run).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await executed(5);
    await server.kill();
    await stopped;
    await server.start();
    await finish();
  });

  test("a server that is down is one line with its address, and no secret", async () => {
    const { server, storage } = await ownServer();
    const { url, run } = await faultFolder({ body: "", storage });
    await server.stop();
    const secret = new URL(url);
    secret.username = "somebody";
    secret.password = "s3cr3t";
    const { stderr, stdout } = await endOf(run(["--storage", secret.href]), 1);
    expect(stderr).toContain(secret.host);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout + stderr).not.toContain("s3cr3t");
  });
});
