import { expect, test } from "vitest";
import { connectionLost } from "../database/connection-loss.ts";
import type { DatabaseDriver } from "../database/contract.ts";
import { openMemory } from "../database/drivers/memory/open.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { PatientDriver } from "../database/patient-driver.ts";
import { everythingOf, gridSpec, registerGrid } from "../testing/storage/fixtures.ts";
import { encodeValue } from "../values/encode.ts";
import { ensureSchema } from "./migrate.ts";
import { collections } from "./schema.ts";
import { createStorage, type Storage } from "./storage.ts";
import { verifyDatabase } from "./verify-database.ts";

/** A storage whose connection is lost behind every write, which is therefore carried out twice, while it is ill. */
async function everyWriteTwice(health: { isIll: boolean } = { isIll: true }): Promise<Storage> {
  const driver = await openMemory(collections);
  let isLost = false;
  const losing: DatabaseDriver = new Proxy(driver, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(value, target, given);
        if (name === "apply") isLost = health.isIll && !isLost;
        if (name === "apply" && isLost) {
          throw connectionLost(driver.location, { mayBeDone: true }, undefined);
        }
        return result;
      };
    },
  });
  const database = new ManagedDatabase(new PatientDriver(losing, { patienceMs: 10_000 }));
  await ensureSchema(database);
  return createStorage({ database, wallClock: () => new Date(), leaseMs: 30_000 });
}

test("what was written before the connection was lost is not refused when it is repeated", async () => {
  await using storage = await everyWriteTwice();
  const experiment = await storage.createExperiment(gridSpec(4));
  await registerGrid(storage, experiment);
  const run = await storage.startRun(experiment, { command: [], environment: {}, holder: "me" });
  const [trial] = await storage.claimTrials(experiment, "me", 1);
  const started = { worker: "me", run: run.reference, startedAt: "2026-01-01T00:00:00.000Z" };
  await storage.commitReports([{ kind: "started", trial: trial!, ...started }]);
  const held = { lease: trial! };
  expect(await storage.saveSnapshot(trial!.id, { epoch: 1 }, "epoch", held)).toBe(1);
  await storage.saveArtifact(trial!.id, "model", Buffer.from("weights"), trial);
  const points = encodeValue({ names: ["loss"], name: [0], step: [0], time: [0], value: [1] });
  const last = encodeValue({ loss: 1 });
  const accepted = await storage.commitReports([
    { kind: "metrics", trial: trial!, chunk: 0, count: 1, before: 0, points, last },
    {
      kind: "finished",
      trial: trial!,
      status: "completed",
      results: encodeValue({ loss: 1, text: "large ".repeat(200_000) }),
      objective: 1,
      endedAt: "2026-01-01T00:00:01.000Z",
      durationMs: 1000,
    },
  ]);
  expect(accepted).toEqual([true, true]);
  const all = await everythingOf(storage, trial!.id);
  expect(all).toMatchObject({
    trial: { status: "completed", attempt: 1 },
    snapshots: [{ number: 1 }],
    artifacts: [{ name: "model" }],
    attempts: [{ status: "completed" }],
    metrics: [{ name: "loss", value: 1 }],
  });
  expect(await storage.getRuns(experiment)).toHaveLength(1);
  expect((await verifyDatabase(storage)).problems).toEqual([]);
  // Whoever had content was counted once.
  await storage.deleteTrials(experiment, { number: trial!.number });
  expect(await storage.database.count("blobs", {}, { scan: true })).toBe(0);
});

test("a report that is stale stays refused when it is repeated", async () => {
  const health = { isIll: false };
  await using storage = await everyWriteTwice(health);
  const experiment = await storage.createExperiment(gridSpec(2));
  await registerGrid(storage, experiment);
  const [trial] = await storage.claimTrials(experiment, "me", 1);
  await storage.setTrialStatus(trial!.id, "interrupted");
  health.isIll = true;
  const finished = {
    kind: "finished",
    trial: trial!,
    status: "broken",
    endedAt: "2026-01-01T00:00:01.000Z",
  } as const;
  expect(await storage.commitReports([finished])).toEqual([false]);
});
