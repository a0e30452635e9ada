import { createSpace, linspace, openStorage, spaceFromDefinition } from "assay";

const name = "bench";
/** Trials that are registered in one step, as a run registers them in windows. */
const windowSize = 1000;

/** Stores an experiment with so many open trials. */
export async function registered(url: string, trials: number): Promise<void> {
  await using storage = await openStorage(url);
  const experiment = await storage.createExperiment({
    name,
    space: createSpace({ x: linspace(0, trials - 1, trials) }),
    objectives: [{ name: "loss", direction: "minimize" }],
    seed: 1,
  });
  const space = spaceFromDefinition(experiment.space);
  for (let from = 0; from < trials; from += windowSize) {
    const cursor = await storage.readCursor(experiment);
    const length = Math.min(windowSize, trials - from);
    const suggestions = Array.from({ length }, (_, i) => ({
      params: space.at(from + i),
      occurrence: 0,
      number: from + i,
      position: from + i + 1,
    }));
    await storage.registerTrials(experiment, cursor, suggestions);
  }
}

/** Claims and completes all trials, or `most`, by several clients, `limit` at a time. Returns trials a second. */
export async function completeAll(
  url: string,
  {
    clients,
    limit,
    most = Infinity,
  }: { readonly clients: number; readonly limit: number; readonly most?: number },
): Promise<number> {
  const handles = await Promise.all(Array.from({ length: clients }, () => openStorage(url)));
  try {
    let done = 0;
    const before = performance.now();
    await Promise.all(
      handles.map(async (storage, i) => {
        while (done < most) {
          const count = await claimAndComplete(storage, `client ${String(i)}`, limit);
          if (count === 0) return;
          done += count;
        }
      }),
    );
    return done / ((performance.now() - before) / 1000);
  } finally {
    await Promise.all(handles.map(async (storage) => await storage.close()));
  }
}

type Storage = Awaited<ReturnType<typeof openStorage>>;

async function claimAndComplete(storage: Storage, holder: string, limit: number): Promise<number> {
  const claims = await storage.claimTrials({ key: 1 }, holder, limit);
  const at = "2026-01-01T00:00:00.000Z";
  const told = await storage.commitReports(
    claims.flatMap((trial) => [
      { kind: "started", trial, startedAt: at, worker: holder, run: "run" } as const,
      {
        kind: "finished",
        trial,
        status: "completed",
        results: '{"loss":1}',
        objective: 1,
        endedAt: at,
        durationMs: 1,
      } as const,
    ]),
  );
  if (told.includes(false)) throw new Error("A trial was lost");
  return claims.length;
}

/** Milliseconds that a claim takes, among those that are open there, one after the other. */
export async function claimCost(url: string): Promise<number> {
  const claims = 300;
  await using storage = await openStorage(url);
  const before = performance.now();
  for (let i = 0; i < claims; i += 1) {
    if ((await storage.claimTrials({ key: 1 }, "bench", 1)).length === 0)
      throw new Error("None is open");
  }
  const cost = (performance.now() - before) / claims;
  await storage.releaseGoneHolders({ key: 1 });
  return cost;
}
