import { describe, expect, test } from "vitest";
import { cliBackends, cliDatabase, storedStates } from "../support/cli-database.ts";
import { hasTerminals, startOnTerminal } from "../support/terminal-cli.ts";

describe.each(cliBackends)("assay db release on $name", (backend) => {
  test("says truthfully who had the lock, and whether it was released", async () => {
    const { run, json, open } = await cliDatabase(backend);
    const storage = await open();
    await storedStates(storage);
    const free = await run("db", "release", "states");
    expect([free.code, free.stderr]).toEqual([
      0,
      "Nobody holds the algorithm lock of states; nothing was released\n",
    ]);
    const lock = await storage.acquireAlgorithmLock("states", { owner: "host:1" });
    const asked = await run("db", "release", "states");
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringContaining("is held by host:1, who loses what it is working out"),
    ]);
    expect(await lock.renew()).toBe(true);
    const released = await run("db", "release", "states", "--yes");
    expect([released.code, released.stderr]).toEqual([
      0,
      "Released the algorithm lock of states, which was held by host:1\n",
    ]);
    expect(await lock.renew()).toBe(false);
    expect(await json("db", "release", "states", "--yes")).toEqual({
      experiment: "states",
      owner: null,
      leaseOver: false,
      released: false,
    });
    await storage.acquireAlgorithmLock("states", { owner: "host:2", timeoutMs: 0 });
  });

  test("a lock that a killed holder left is told as that", async () => {
    const { json, open } = await cliDatabase(backend);
    await storedStates(await open());
    const brief = await open({ leaseMs: 0 });
    await brief.acquireAlgorithmLock("states", { owner: "gone" });
    expect(await json("db", "release", "states", "--yes")).toEqual({
      experiment: "states",
      owner: "gone",
      leaseOver: true,
      released: true,
    });
  });

  test("an experiment that is not there has no lock", async () => {
    const { run, open } = await cliDatabase(backend);
    await storedStates(await open());
    const { code, stderr } = await run("db", "release", "stats", "--yes");
    expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean "states"?')]);
  });

  test.runIf(hasTerminals)("no leaves it as it is, and ends with 1", async () => {
    const { folder, env, open } = await cliDatabase(backend);
    const storage = await open();
    await storedStates(storage);
    const lock = await storage.acquireAlgorithmLock("states", { owner: "host:1" });
    const cli = startOnTerminal(["db", "release", "states"], { cwd: folder.root, env });
    await cli.shows("Release it? (y/N)");
    cli.type("\r");
    const { code, screen } = await cli.ended;
    expect([code, screen]).toEqual([1, expect.stringContaining("Nothing was released")]);
    expect(await lock.renew()).toBe(true);
  });
});
