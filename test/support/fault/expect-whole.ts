import { openStorage, verifyDatabase, type Storage, type Trial } from "assay";
import Sqlite from "better-sqlite3";
import { expect } from "vitest";
import { collect } from "../collect.ts";

export interface Expected {
  readonly name: string;
  /** The parameters of all trials, in any order. */
  readonly params: readonly object[];
  /** The steps that the series of each trial has. */
  readonly steps?: readonly number[];
  /** The artifact that each trial has. */
  readonly artifact?: string;
  /** The space has no end. */
  readonly isSampled?: boolean;
  /** Trials were made to run again after they were completed. */
  readonly mayBeRedone?: boolean;
}

/**
 * Expects that every trial of an experiment is completed, exactly once and with the right results, that all
 * that it left is readable, and that nothing is stored of what nobody can reach.
 */
export async function expectWhole(path: string, expected: Expected): Promise<void> {
  expectSound(path);
  const storage = await openStorage(path, { create: false });
  try {
    const { name, params } = expected;
    const experiments = (await storage.fetchExperiments()).map((experiment) => experiment.name);
    expect(experiments).toEqual([name]);
    const trials = await storage.getTrials(name);
    expect(sorted(trials.map((trial) => trial.params))).toEqual(sorted(params));
    expect(new Set(trials.map(({ number }) => number)).size).toBe(params.length);
    for (const { status, results, params: own } of trials) {
      expect(status).toBe("completed");
      expect(results).toMatchObject({ of: own });
    }
    for (const trial of trials) await expectAttempts(storage, trial, expected);
    expect(await storage.countByStatus(name)).toEqual({
      total: expected.isSampled === true ? null : params.length,
      completed: params.length,
      ...{ new: 0, reserved: 0, suspended: 0, interrupted: 0, broken: 0, pruned: 0 },
    });
    await expectSeries(storage, expected);
    await expectBlobs(storage, expected);
    await expectVerified(storage);
  } finally {
    await storage.close();
  }
}

/** Expects that SQLite finds nothing wrong with a file. */
export function expectSound(path: string): void {
  const raw = new Sqlite(path, { fileMustExist: true });
  expect(raw.pragma("integrity_check", { simple: true })).toBe("ok");
  raw.close();
}

/** Expects that the deletion of everything leaves nothing behind, not even of what a kill had left. */
export async function expectNothingLeft(path: string, names: readonly string[]): Promise<void> {
  const storage = await openStorage(path, { create: false });
  for (const name of names) await storage.deleteExperiment(name);
  await storage.close();
  const raw = new Sqlite(path, { readonly: true });
  const tables = ["experiments", "trials", "attempts", "metrics", "snapshots", "artifacts", "runs"];
  const left = [...tables, "blobs", "locks"].map((table) =>
    raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  );
  raw.close();
  expect(left).toEqual(left.map(() => 0));
}

async function expectAttempts(
  storage: Storage,
  { id, attempt }: Trial,
  { mayBeRedone = false }: Expected,
): Promise<void> {
  const attempts = await storage.getAttempts(id);
  expect(attempts.map((one) => one.attempt)).toEqual(attempts.map((_, i) => i + 1));
  expect(attempts).toHaveLength(attempt);
  const completed = attempts.filter(({ status }) => status === "completed").length;
  if (!mayBeRedone) expect(completed).toBe(1);
  expect(attempts.at(-1)?.status).toBe("completed");
}

async function expectSeries(storage: Storage, { name, steps, params }: Expected): Promise<void> {
  if (steps === undefined) return;
  const points = await collect(storage.getMetrics(name));
  expect(points).toHaveLength(steps.length * params.length);
  for (const number of new Set(points.map((point) => point.number))) {
    const own = points.filter((point) => point.number === number);
    expect(own.map(({ step }) => step)).toEqual(steps);
  }
}

async function expectBlobs(storage: Storage, { name, artifact }: Expected): Promise<void> {
  for (const id of await storage.getTrialIds(name)) {
    const snapshots = await storage.getSnapshots(id);
    expect(snapshots.map(({ number }) => number)).toEqual(
      snapshots.map((_, i) => snapshots.length - i),
    );
    if (artifact === undefined) continue;
    expect((await storage.getArtifacts(id)).map((one) => one.name)).toEqual([artifact]);
    expect((await storage.readArtifact(id, artifact)).length).toBeGreaterThan(0);
  }
}

/** Expects that Assay's own verification finds nothing. */
async function expectVerified(storage: Storage): Promise<void> {
  const { problems } = await verifyDatabase(storage);
  expect(problems).toEqual([]);
}

function sorted(values: readonly object[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
