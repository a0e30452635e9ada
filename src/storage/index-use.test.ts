import { expect, test } from "vitest";
import { Connection } from "../database/drivers/sqlite/connection.ts";
import { SqliteDriver } from "../database/drivers/sqlite/driver.ts";
import { openConnection } from "../database/drivers/sqlite/open-connection.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import {
  collect,
  suggestionsOf,
  registerGrid,
  reserved,
  results,
  storedGrid,
  trialIn,
} from "../testing/storage/fixtures.ts";
import { ensureSchema } from "./migrate.ts";
import { tailPart } from "./output.ts";
import { collections } from "./schema.ts";
import { createStorage } from "./storage.ts";

/** Remembers the statements that the driver prepares. */
class RecordingConnection extends Connection {
  readonly statements = new Set<string>();

  override prepare(sql: string): ReturnType<Connection["prepare"]> {
    if (/^(SELECT|UPDATE|DELETE)/.test(sql)) this.statements.add(sql);
    return super.prepare(sql);
  }

  /** The lines of SQLite's plan for a statement. */
  explain(sql: string): string[] {
    const parameters = Array.from(sql.matchAll(/\?/g), () => null);
    const rows = this.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters);
    return rows.map((row) => (row as { detail: string }).detail);
  }
}

const large = ["trials", "attempts", "metrics", "snapshots", "artifacts", "output", "blobs"];

test("no statement of storage looks at all documents of a large collection, or sorts them", async () => {
  const { raw } = await openConnection(":memory:", "memory:", "normal");
  const connection = new RecordingConnection(raw, "memory:");
  const driver = new SqliteDriver(connection, collections, { shared: false });
  await driver.start();
  const database = new ManagedDatabase(driver);
  await ensureSchema(database);
  const storage = createStorage({ database, leaseMs: 0, wallClock: () => new Date() });

  const experiment = await storedGrid(storage, 30);
  await storage.claimAhead(experiment, suggestionsOf(experiment, 0, 3), {
    holder: "holder",
    limit: 3,
    maxTrials: 40,
  });
  await storage.countPlaces(experiment, 40);
  const { id } = await trialIn(storage, experiment, "completed");
  await trialIn(storage, experiment, "broken");
  const claim = await reserved(storage, experiment);
  await storage.claimTrialsById([claim.id], "holder");
  for (const maxTrials of [2, 8, 40]) {
    await storage.claimTrials(experiment, "holder", 1, { maxTrials });
    await storage.claimTrialsById([claim.id], "holder", { maxTrials });
  }
  const again = await reserved(storage, experiment);
  await storage.updateHeartbeat(again);
  await storage.releaseGoneHolders(experiment);
  const points = '{"names":["a"],"name":[0],"step":[0],"time":[0],"value":[1]}';
  const chunk = { chunk: 0, count: 1, before: 0, points, last: "{}" } as const;
  await storage.commitReports([
    { kind: "metrics", trial: again, ...chunk },
    { kind: "resumed", trial: again, from: { attempt: 1, points: 1 } },
    { kind: "output", trial: again, part: 0, segments: "[]" },
    { kind: "output", trial: again, part: tailPart, segments: "[]", omittedBytes: 1 },
  ]);
  await storage.saveSnapshot(again.id, "state", "label", { lease: again });
  await storage.saveArtifact(again.id, "a", Buffer.from("a"), again);
  await storage.releaseTrial(again, "interrupted");
  await storage.latestSnapshot(again.id);
  await storage.getSnapshots(again.id);
  await storage.getArtifacts(again.id);
  await storage.readArtifact(again.id, "a");
  await storage.getOutput(again.id);
  await storage.getOutput(again.id, 1);
  await storage.getTrial(id);
  await storage.getTrial(id.slice(0, 8));
  await storage.getTrialByNumber(experiment, 1);
  await storage.getAttempts(id);
  await storage.getExperimentOfTrial(id);
  await storage.getTrials(experiment);
  await storage.getTrialIds(experiment);
  await collect(storage.eachTrial(experiment, { after: 3, limit: 2 }));
  await storage.fetchTrials(experiment, { "params.x": { $gt: 3 }, status: "new" });
  await storage.fetchTrialsByStatus(experiment, "broken");
  await storage.fetchPendingTrials(experiment);
  await storage.fetchNoncompletedTrials(experiment);
  await storage.fetchLostTrials(experiment);
  await storage.getProgress(experiment);
  await storage.getCompletedRatio(experiment);
  await storage.countByStatus(experiment);
  await storage.bestTrial(experiment);
  await collect(storage.getMetrics(experiment));
  await collect(storage.getMetrics(experiment, { number: 2, allAttempts: true }));
  await storage.registerTrial(experiment, { x: 29, fixed: "constant" }).catch(() => undefined);
  const broken = await storage.getBrokenTrials(experiment, { "params.x": { $gte: 0 } });
  expect(broken.length).toBe(1);
  await storage.renewBroken(experiment, broken, { maxTrials: 10 });
  await storage.renewBroken(experiment, broken, { maxTrials: 40 });
  await storage.setTrialStatus(id, "new");
  await storage.updateTrial(id, { status: "suspended" }, { "params.x": 0 });
  await storage.updateTrials(experiment, { status: "interrupted" }, { status: "broken" });
  await storage.completeTrial(id, results);
  await storage.refreshView(experiment);
  await storage.deleteTrials(experiment, { "params.x": 4 });
  await registerGrid(storage, await storage.getExperiment(experiment));
  await storage.deleteExperiment(experiment);

  // What nothing can meet, such as an id of half the length, SQLite decides before it looks at a document.
  const statements = [...connection.statements].filter((sql) => !sql.endsWith(" WHERE 0"));
  const plans = statements.map((sql) => ({ sql, plan: connection.explain(sql) }));
  // It saw the statements, and what a scan looks like.
  expect(plans.length).toBeGreaterThan(30);
  expect(connection.explain('SELECT * FROM "trials" WHERE "seed" = ?')).toEqual(["SCAN trials"]);
  const scans = plans.filter(({ plan }) =>
    plan.some((line) => large.some((name) => line.startsWith(`SCAN ${name}`))),
  );
  expect(scans).toEqual([]);
  const sorts = plans.filter(({ plan }) => plan.some((line) => line.includes("TEMP B-TREE")));
  expect(sorts.filter(({ sql }) => large.some((name) => sql.includes(`FROM "${name}"`)))).toEqual(
    [],
  );
  await storage.close();
});
