import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { interposedStorage } from "../../../test/support/interposed.ts";
import { projectFolder } from "../../../test/support/project-folder.ts";
import { gridSpec, registerGrid, suggestionsOf } from "../../testing/storage/fixtures.ts";
import { createRandom } from "../../util/random.ts";
import { encodePoints } from "../metrics.ts";
import { openStorage } from "../open-storage.ts";
import type { Storage } from "../storage.ts";
import {
  copyDatabase,
  exportDatabase,
  importDatabase,
  mergeDatabases,
} from "../transfer-database.ts";
import { verifyDatabase } from "../verify-database.ts";

async function opened(): Promise<Storage> {
  const storage = await openStorage("memory:");
  onTestFinished(() => storage.close());
  return storage;
}

/** A storage to read from, whose reads take turns with what others do. */
function takingTurns(storage: Storage): Storage {
  const random = createRandom("turns");
  return interposedStorage(storage, async () => {
    for (let turns = random.integer(0, 12); turns > 0; turns -= 1) await turn();
  });
}

/** Works on an experiment until it is told to stop: what workers and people do, in any order. */
async function work(storage: Storage, seed: number, isOver: () => boolean): Promise<void> {
  const random = createRandom(seed);
  const experiment = await storage.getExperiment("grid");
  while (!isOver()) {
    const trial = await storage.reserveTrial(experiment, { holder: "h", run: "run" });
    if (trial === undefined) {
      const where = { number: { $gte: random.integer(0, 600) }, status: "completed" };
      await storage.deleteTrials(experiment, where);
      await registerGrid(storage, experiment);
      await turn();
      continue;
    }
    for (let step = 0; step < random.integer(0, 3); step += 1) {
      await turn();
      const points = encodePoints([{ name: "m", step, time: 0, value: 1 }]);
      const chunk = { chunk: step, count: 1, before: step, points, last: '{"m":1}' };
      await storage.commitReports([{ kind: "metrics", trial, ...chunk }]);
      await storage.saveSnapshot(trial.id, { step: random.next() }, "s", { lease: trial });
      await storage.saveArtifact(trial.id, "a", Buffer.from(String(random.next())), trial);
    }
    const ending = random.pick(["completed", "completed", "broken", "interrupted"] as const);
    if (ending === "completed") await storage.pushTrialResults(experiment, trial, { loss: 1 });
    else await storage.releaseTrial(trial, ending);
    await turn();
  }
}

test("what is moved while others work on it fits together", async () => {
  const { path } = await projectFolder({});
  const source = await opened();
  const experiment = await source.createExperiment(gridSpec(80));
  const cursor = await source.readCursor(experiment);
  await source.registerTrials(experiment, cursor, suggestionsOf(experiment, 0, 50));
  const moving = takingTurns(source);
  let isOver = false;
  const workers = [1, 2].map((seed) => work(source, seed, () => isOver));
  const merged = await opened();
  for (let round = 0; round < 2; round += 1) {
    const [copied, imported] = [await opened(), await opened()];
    await copyDatabase(moving, copied);
    await exportDatabase(moving, path("live.jsonl"), { overwrite: true });
    await importDatabase(imported, path("live.jsonl"));
    await mergeDatabases(merged, moving);
    for (const storage of [copied, imported, merged]) {
      expect((await verifyDatabase(storage)).problems).toEqual([]);
    }
  }
  isOver = true;
  await Promise.all(workers);
  expect((await verifyDatabase(source)).problems).toEqual([]);
}, 120_000);
