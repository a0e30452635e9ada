import type { Storage } from "../../storage/storage.ts";

type Readable = Omit<Storage, "commitReports">;

/**
 * Everything that can be read of an experiment but what differs from one database to another: its key, and
 * the numbers of runs.
 */
export async function contentsOf(storage: Readable, ref: string): Promise<unknown> {
  const { key: _, ...experiment } = await storage.getExperiment(ref);
  const trials: unknown[] = [];
  for (const id of await storage.getTrialIds(ref)) {
    const artifacts: unknown[] = [];
    for (const artifact of await storage.getArtifacts(id)) {
      const content = await storage.readArtifact(id, artifact.name);
      artifacts.push([artifact, Buffer.from(content).toString("hex")]);
    }
    trials.push({
      trial: await storage.getTrial(id),
      attempts: await storage.getAttempts(id),
      snapshots: await storage.getSnapshots(id),
      output: await storage.getOutput(id),
      artifacts,
    });
  }
  const metrics: unknown[] = [];
  for await (const point of storage.getMetrics(ref, { allAttempts: true })) metrics.push(point);
  const runs = (await storage.getRuns(ref)).map(({ number: _number, ...run }) => run);
  const code = experiment.code === null ? undefined : await storage.getCode(experiment.code);
  const { state } = await storage.getAlgorithmLockInfo(ref);
  return { experiment, trials, metrics, runs, code, state };
}
