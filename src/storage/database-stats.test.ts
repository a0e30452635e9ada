import { expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import { reserved, results, storedGrid } from "../testing/storage/fixtures.ts";
import { databaseStats } from "./database-stats.ts";
import { openStorage } from "./open-storage.ts";
import { schemaVersion } from "./schema.ts";

test("counts what each experiment holds; equal contents once", async () => {
  const folder = await projectFolder({});
  const storage = await openStorage(folder.path("a.db"));
  const experiment = await storedGrid(storage, 4);
  const first = await reserved(storage, experiment);
  const points = '{"names":["m"],"name":[0,0],"step":[0,1],"time":[0,0],"value":[1,2]}';
  await storage.commitReports([
    { kind: "metrics", trial: first, chunk: 0, count: 2, before: 0, points, last: '{"m":2}' },
  ]);
  await storage.saveArtifact(first.id, "a", Buffer.from("weights"), first);
  await storage.saveArtifact(first.id, "b", Buffer.from("weights"), first);
  await storage.saveSnapshot(first.id, 1, undefined, { lease: first });
  await storage.pushTrialResults(experiment, first, results);
  await storage.markTrialIncomplete(first.id);
  await storage.startRun(experiment, { command: [], environment: {}, holder: "h" });
  await storedGrid(storage, 2, { version: 2 });

  expect(await databaseStats(storage)).toEqual({
    location: folder.path("a.db"),
    product: expect.stringMatching(/^SQLite \d/),
    schema: schemaVersion,
    fileBytes: expect.any(Number),
    experiments: [
      {
        name: "grid",
        version: 1,
        trials: expect.objectContaining({ new: 4, total: 4 }),
        stored: 4,
        attempts: 1,
        metrics: 2,
        snapshots: 1,
        artifacts: 2,
        blobs: 2,
        bytes: 7 + 1,
        runs: 1,
      },
      expect.objectContaining({ version: 2, stored: 2, attempts: 0, blobs: 0, bytes: 0 }),
    ],
    deleted: 0,
    code: 0,
  });
  await storage.close();
});

test("progress is told on the way", async () => {
  const storage = await openStorage("memory:");
  const { key } = await storedGrid(storage, 1);
  const documents = Array.from({ length: 2500 }, (_, chunk) => {
    return { experiment: key, number: 0, attempt: 1, chunk, count: 3, before: 3 * chunk };
  });
  await storage.database.write("metrics", documents);
  const told: number[] = [];
  const stats = await databaseStats(storage, { onProgress: (seen) => told.push(seen) });
  expect(stats.experiments[0]).toMatchObject({ metrics: 7500 });
  expect(told).toEqual([1000, 2000]);
  await storage.close();
});
