import {
  copyDatabase,
  createSpace,
  exportDatabase,
  importDatabase,
  linspace,
  openStorage,
} from "assay";

const perWrite = 2000;

/** Fills an empty storage with one experiment of completed trials, each with an attempt and results. */
export async function fillStorage(url: string, trials: number): Promise<void> {
  const storage = await openStorage(url);
  const space = createSpace({ x: linspace(0, trials - 1, trials) });
  const objectives = [{ name: "loss", direction: "minimize" }] as const;
  const experiment = await storage.createExperiment({ name: "moved", space, objectives, seed: 1 });
  for (let from = 0; from < trials; from += perWrite) {
    const numbers = Array.from({ length: Math.min(perWrite, trials - from) }, (_, i) => from + i);
    const suggestions = numbers.map((number) => ({
      params: space.at(number),
      occurrence: 0,
      number,
      position: number + 1,
    }));
    const cursor = await storage.readCursor(experiment);
    const registration = await storage.registerTrials(experiment, cursor, suggestions, {
      reserveFor: "bench",
    });
    const claimed = registration.moved ? registration.claimed : [];
    const startedAt = new Date().toISOString();
    await storage.commitReports(
      claimed.flatMap((trial) => [
        { kind: "started", trial, startedAt, worker: "bench/1", run: "moved_1_2026" },
        {
          kind: "finished",
          trial,
          status: "completed",
          results: `{"loss":${String(trial.number / 3)},"accuracy":0.5,"note":"found"}`,
          objective: trial.number / 3,
          endedAt: startedAt,
          durationMs: 12,
        },
      ]),
    );
  }
  await storage.close();
}

export interface Measured {
  readonly ms: number;
  /** User and system time of this process: what is left of `ms` it waited. */
  readonly cpuMs: number;
  /** How much more memory was in use at the worst, in MB. */
  readonly peakMb: number;
}

/** How long copying everything from one storage to an empty one takes. */
export async function measureCopy(from: string, to: string): Promise<Measured> {
  const [source, target] = [await openStorage(from), await openStorage(to)];
  const measured = await measure(async (onProgress) => {
    await copyDatabase(source, target, { onProgress });
  });
  await source.close();
  await target.close();
  return measured;
}

export async function measureExport(from: string, file: string): Promise<Measured> {
  const source = await openStorage(from);
  const measured = await measure(async (onProgress) => {
    await exportDatabase(source, file, { onProgress, overwrite: true });
  });
  await source.close();
  return measured;
}

export async function measureImport(file: string, to: string): Promise<Measured> {
  const target = await openStorage(to);
  const measured = await measure(async (onProgress) => {
    await importDatabase(target, file, { onProgress });
  });
  await target.close();
  return measured;
}

async function measure(act: (onProgress: () => void) => Promise<void>): Promise<Measured> {
  globalThis.gc?.();
  const before = inUse();
  let peak = 0;
  let calls = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await act(() => {
    calls += 1;
    if (calls % 20 !== 0) return;
    globalThis.gc?.();
    peak = Math.max(peak, inUse() - before);
  });
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, cpuMs: (user + system) / 1000, peakMb: peak / 2 ** 20 };
}

function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
