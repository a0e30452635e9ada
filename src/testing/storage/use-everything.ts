import { tailPart } from "../../storage/output.ts";
import type { Storage } from "../../storage/storage.ts";
import {
  collect,
  registerGrid,
  reserved,
  results,
  storedGrid,
  suggestionsOf,
  trialIn,
} from "./fixtures.ts";

/** The collections that grow with the trials. */
export const largeCollections: readonly string[] = [
  "trials",
  "attempts",
  "metrics",
  "snapshots",
  "artifacts",
  "output",
  "blobs",
];

/** Uses all that a storage can, so that every statement which it sends is seen. */
export async function useEverything(storage: Storage): Promise<void> {
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
  if (broken.length !== 1) throw new Error("The broken trial was not found");
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
}
