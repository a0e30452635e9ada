import { uniform } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import { codeHash } from "../../model/identity.ts";
import { encodePoints } from "../../storage/metrics.ts";
import type { Storage } from "../../storage/storage.ts";
import { encodeValue } from "../../values/encode.ts";
import { gridSpec, reserved, results, suggestionsOf } from "./fixtures.ts";

const source = "export default 1;";
const hash = codeHash(source, {});

/** Stores the experiments `grid` (key 1) and `drawn` (key 2), with trials in every state and all that they may have. */
export async function furnish(storage: Storage): Promise<void> {
  await storage.saveCode(hash, { hash, source, packages: {} });
  const grid = await storage.createExperiment(gridSpec(12, { code: hash }));
  const cursor = await storage.readCursor(grid);
  await storage.registerTrials(grid, cursor, suggestionsOf(grid, 0, 8));
  const run = await storage.startRun(grid, {
    command: ["run"],
    environment: { node: "20" },
    holder: "h",
    code: hash,
  });

  // 0: completed, with all that a trial may leave.
  const first = await reserved(storage, grid);
  for (const chunk of [0, 1]) {
    const points = encodePoints([{ name: "m", step: chunk, time: 0, value: 1 }]);
    const series = { chunk, count: 1, before: chunk, points, last: '{"m":1}' };
    await storage.commitReports([{ kind: "metrics", trial: first, ...series }]);
  }
  for (const part of [0, 1]) {
    const segments = encodeValue([{ stream: "stdout", text: `part ${part}` }]);
    await storage.commitReports([{ kind: "output", trial: first, part, segments }]);
  }
  for (const step of [1, 2]) await storage.saveSnapshot(first.id, { step }, "s", { lease: first });
  await storage.saveArtifact(first.id, "model", Buffer.from("weights"), first);
  await storage.pushTrialResults(grid, first, results);

  // 1: broken, then made interrupted and run once more.
  const second = await reserved(storage, grid);
  await storage.releaseTrial(second, "broken", { cause: "error", message: "bad" });
  await storage.setTrialStatus(second.id, "interrupted");
  await storage.releaseTrial(await reserved(storage, grid), "interrupted");

  // 2: interrupted, then completed by a person. 3: pruned. 4: suspended. 5: it runs. 6 and 7: new.
  const [third] = await storage.fetchTrials(grid, { number: 2 });
  const [claim] = await storage.claimTrialsById([third!.id], "h");
  const startedAt = new Date().toISOString();
  await storage.commitReports([
    { kind: "started", trial: claim!, startedAt, worker: "w", run: run.reference },
  ]);
  await storage.releaseTrial(claim!, "interrupted");
  await storage.completeTrial(claim!.id, results);
  await storage.setTrialStatus(second.id, "broken");
  await storage.releaseTrial(await reserved(storage, grid), "pruned");
  await storage.releaseTrial(await reserved(storage, grid), "suspended");
  await storage.setTrialStatus((await storage.fetchTrials(grid, { number: 4 }))[0]!.id, "broken");
  await reserved(storage, grid);
  await storage.updateRun(run, { status: "interrupted", summary: { executed: 4 } });
  await (await storage.acquireAlgorithmLock(grid, { owner: "o" })).release({ seen: 1 });

  const space = createSpace({ rate: uniform(0, 1) });
  const drawn = await storage.createExperiment({ name: "drawn", space, seed: 1 });
  for (const rate of [0.1, 0.2, 0.3]) await storage.registerTrial(drawn, { rate });
}
