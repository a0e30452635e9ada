import { createSpace, linspace, openStorage, spaceFromDefinition } from "assay";

const name = "bench";
/** Trials that are registered in one step, as a run registers them in windows. */
const windowSize = 1000;

/** Stores an experiment with so many open trials. */
export async function registered(url: string, trials: number): Promise<void> {
  await registerNext(url, trials, trials);
}

/** Registers the next trials of an experiment that has so many in all. */
export async function registerNext(url: string, size: number, trials: number): Promise<void> {
  await using storage = await openStorage(url);
  const [known] = await storage.getExperiments();
  const experiment =
    known ??
    (await storage.createExperiment({
      name,
      space: createSpace({ x: linspace(0, size - 1, size) }),
      objectives: [{ name: "loss", direction: "minimize" }],
      seed: 1,
    }));
  const space = spaceFromDefinition(experiment.space);
  for (let done = 0; done < trials; done += windowSize) {
    const cursor = await storage.readCursor(experiment);
    const length = Math.min(windowSize, trials - done);
    const suggestions = Array.from({ length }, (_, i) => ({
      params: space.at(cursor.position + i),
      occurrence: 0,
      number: cursor.position + i,
      position: cursor.position + i + 1,
    }));
    await storage.registerTrials(experiment, cursor, suggestions);
  }
}

interface Work {
  readonly clients: number;
  readonly limit: number;
  /** About how many trials are completed. Default: all. */
  readonly most?: number;
}

/**
 * Claims and completes trials by several clients, `limit` at a time. Returns trials a second. A client asks
 * for its next trials at the moment at which it reports the last ones, as workers of job queues do.
 */
export async function completeAll(
  url: string,
  { clients, limit, most = Infinity }: Work,
): Promise<number> {
  const handles = await Promise.all(Array.from({ length: clients }, () => openStorage(url)));
  try {
    const before = performance.now();
    const share = most / clients;
    const counts = await Promise.all(
      handles.map(
        async (storage, i) => await completeSome(storage, `client ${String(i)}`, { limit, share }),
      ),
    );
    const done = counts.reduce((sum, count) => sum + count, 0);
    return done / ((performance.now() - before) / 1000);
  } finally {
    await Promise.all(handles.map(async (storage) => await storage.close()));
  }
}

type Storage = Awaited<ReturnType<typeof openStorage>>;
type Claims = Awaited<ReturnType<Storage["claimTrials"]>>;

async function completeSome(
  storage: Storage,
  holder: string,
  { limit, share }: { readonly limit: number; readonly share: number },
): Promise<number> {
  const claim = async (): Promise<Claims> => await storage.claimTrials({ key: 1 }, holder, limit);
  let done = 0;
  for (let claims = await claim(); claims.length > 0;) {
    done += claims.length;
    const more = done < share ? claim() : [];
    const [next, told] = await Promise.all([more, complete(storage, holder, claims)]);
    if (told.includes(false)) throw new Error("A trial was lost");
    claims = next;
  }
  return done;
}

async function complete(storage: Storage, holder: string, claims: Claims): Promise<boolean[]> {
  const at = "2026-01-01T00:00:00.000Z";
  return await storage.commitReports(
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
}

/** Milliseconds that a claim takes among those that are open there, one after the other. Each is given back. */
export async function claimCost(url: string): Promise<number> {
  const count = 300;
  await using storage = await openStorage(url);
  let elapsed = 0;
  for (let i = 0; i < count; i += 1) {
    const before = performance.now();
    const [trial] = await storage.claimTrials({ key: 1 }, "bench", 1);
    elapsed += performance.now() - before;
    if (trial === undefined) throw new Error("No trial is open");
    await storage.commitReports([{ kind: "finished", trial, status: "new" }]);
  }
  return elapsed / count;
}
