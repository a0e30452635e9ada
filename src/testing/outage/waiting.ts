import { claimed, results, storedGrid } from "../storage/fixtures.ts";
import { whileStopped } from "./during.ts";
import type { OutageTests } from "./tests.ts";

export function waitingTests({ test, expect }: OutageTests): void {
  test("operations wait for a server that is away, say so, and are carried out when it is back", async (server, storage, again) => {
    const experiment = await storedGrid(storage, 3);
    const heard: unknown[] = [];
    const handle = await again({ onOutage: (error) => heard.push(error) });
    await handle.getTrials(experiment);
    await server.stop();
    const waiting = Promise.all([
      handle.claimTrials(experiment, "holder", 1),
      handle.getTrials(experiment),
      handle.database.count("trials", { experiment: experiment.key }),
      handle.database.now(),
    ]);
    await server.start();
    const [claims, trials, count] = await waiting;
    expect([claims.length, trials.length, count]).toEqual([1, 3, 3]);
    expect(heard.length > 0).toBe(true);
    for (const error of heard) expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  });

  test("patience that is exceeded is STORAGE_UNAVAILABLE, and the handle goes on when the server is back", async (server, storage, again) => {
    const experiment = await storedGrid(storage, 2);
    const handle = await again({ patienceMs: 300 });
    const claim = await claimed(handle, experiment);
    const uses = [
      () => handle.getTrial(claim.id),
      () => handle.claimTrials(experiment, "holder", 1),
      () => handle.commitReports([{ kind: "finished", trial: claim, status: "new" }]),
      () => handle.database.now(),
    ];
    await whileStopped(server, async () => {
      for (const use of uses) {
        const error = await use().catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
        const { message } = error as Error;
        expect(message.startsWith(handle.location), message).toBe(true);
        expect(message.includes("\n")).toBe(false);
      }
    });
    expect((await handle.getTrial(claim.id)).status).toBe("reserved");
    expect((await handle.claimTrials(experiment, "holder", 9)).length).toBe(1);
  });

  test("opening does not wait for a server that is away: it is one line", async (server, storage, again) => {
    await whileStopped(server, async () => {
      const error = await again({ patienceMs: 600_000 }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
      const { message } = error as Error;
      expect(message.startsWith(storage.location), message).toBe(true);
      expect(message.includes("\n")).toBe(false);
    });
  });

  test("a handle can be closed while the server is away, and who waits is told", async (server, storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const handle = await again({ patienceMs: 600_000 });
    await handle.getTrials(experiment);
    await whileStopped(server, async () => {
      const waiting = handle.getTrials(experiment).catch((reason: unknown) => reason);
      await handle.close();
      const { code } = (await waiting) as { code: unknown };
      expect(["MODE", "STORAGE_UNAVAILABLE"].includes(String(code)), String(code)).toBe(true);
    });
  });

  test("claims, and the database's time, outlive a restart of the server", async (server, storage) => {
    const experiment = await storedGrid(storage, 2);
    const before = await storage.database.now();
    const claim = await claimed(storage, experiment);
    await server.kill();
    await server.start();
    expect((await storage.database.now()) >= before).toBe(true);
    expect(await storage.renewLeases([claim])).toEqual([true]);
    const other = await claimed(storage, experiment);
    expect(other.number).toBe(1);
    const startedAt = "2026-01-01T00:00:00.000Z";
    const started = { kind: "started", trial: claim, startedAt, worker: "w", run: "r" } as const;
    expect(await storage.commitReports([started])).toEqual([true]);
    await storage.pushTrialResults(experiment, claim, results);
    expect((await storage.getTrial(claim.id)).status).toBe("completed");
  });
}
