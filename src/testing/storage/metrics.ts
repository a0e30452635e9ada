import type { MetricPoint } from "../../model/trial.ts";
import type { Experiment } from "../../model/experiment.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import { encodePoints } from "../../storage/metrics.ts";
import type { MetricsReport } from "../../storage/reports.ts";
import type { Storage } from "../../storage/storage.ts";
import { encodeValue } from "../../values/encode.ts";
import { collect, reserved, results, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

/** A chunk of the metric `loss`, with the given values at the steps `before`, `before` + 1, … */
function chunk(
  trial: ClaimedTrial,
  place: number,
  before: number,
  values: readonly number[],
): MetricsReport {
  const points = values.map((value, i) => ({
    name: "loss",
    step: before + i,
    time: 1000 + i,
    value,
  }));
  return {
    kind: "metrics",
    trial,
    chunk: place,
    count: values.length,
    before,
    points: encodePoints(points),
    last: encodeValue({ loss: values.at(-1) }),
  };
}

async function series(storage: Storage, experiment: Experiment, filter = {}): Promise<unknown> {
  const points = await collect(storage.getMetrics(experiment, filter));
  return points.map(({ attempt, step, value }) => [attempt, step, value]);
}

export function metricTests({ test, expect }: StorageTests): void {
  test("points come back with trial, attempt, name, step, time and value", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const trial = await reserved(storage, experiment);
    const time = Date.parse("2026-01-02T03:04:05.678Z");
    const points = [
      { name: "loss", step: 1, time, value: 0.5 },
      { name: "accuracy", step: 1, time, value: NaN },
      { name: "loss", step: null, time: time + 1, value: -Infinity },
    ];
    const last = { loss: -Infinity, accuracy: NaN };
    expect(
      await storage.commitReports([
        {
          kind: "metrics",
          trial,
          chunk: 0,
          count: 3,
          before: 0,
          points: encodePoints(points),
          last: encodeValue(last),
        },
      ]),
    ).toEqual([true]);
    const at = "2026-01-02T03:04:05.678Z";
    const of: Pick<MetricPoint, "trial" | "number" | "attempt"> = {
      trial: trial.id,
      number: 0,
      attempt: 1,
    };
    const found = await collect(storage.getMetrics(experiment));
    expect(found).toEqual([
      { ...of, name: "loss", step: 1, time: at, value: 0.5 },
      { ...of, name: "accuracy", step: 1, time: at, value: NaN },
      { ...of, name: "loss", step: null, time: "2026-01-02T03:04:05.679Z", value: -Infinity },
    ]);
    expect((await storage.getTrial(trial.id)).metrics).toEqual(last);
    expect((await collect(storage.getMetrics("grid", { name: "accuracy" }))).length).toBe(1);
  });

  test("chunks are one series, in the order in which they were reported", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const one = await reserved(storage, experiment);
    const two = await reserved(storage, experiment);
    await storage.commitReports([chunk(one, 0, 0, [3, 2]), chunk(two, 0, 0, [9])]);
    await storage.commitReports([chunk(one, 1, 2, [1]), chunk(two, 1, 1, [8])]);
    expect(await series(storage, experiment)).toEqual([
      [1, 0, 3],
      [1, 1, 2],
      [1, 2, 1],
      [1, 0, 9],
      [1, 1, 8],
    ]);
    expect(await series(storage, experiment, { number: 1 })).toEqual([
      [1, 0, 9],
      [1, 1, 8],
    ]);
    expect(await series(storage, experiment, { number: 7 })).toEqual([]);
  });

  test("a chunk that is sent twice is kept once", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const trial = await reserved(storage, experiment);
    for (let i = 0; i < 3; i += 1) await storage.commitReports([chunk(trial, 0, 0, [3, 2])]);
    expect(await series(storage, experiment)).toEqual([
      [1, 0, 3],
      [1, 1, 2],
    ]);
  });

  test("metrics are reported together with start and end", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [trial] = await storage.claimTrials(experiment, "holder", 1);
    const at = "2026-01-01T00:00:00.000Z";
    const outcomes = await storage.commitReports([
      { kind: "started", trial: trial!, startedAt: at, worker: "w", run: "r" },
      chunk(trial!, 0, 0, [1]),
      {
        kind: "finished",
        trial: trial!,
        status: "completed",
        results: encodeValue(results),
        endedAt: at,
      },
    ]);
    expect(outcomes).toEqual([true, true, true]);
    expect((await storage.getTrials(experiment))[0]).toMatchObject({
      metrics: { loss: 1 },
      results,
    });
  });

  test("an attempt that starts anew has a series of its own, and the old one stays readable", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const first = await reserved(storage, experiment);
    await storage.commitReports([chunk(first, 0, 0, [9, 8])]);
    await storage.releaseTrial(first, "interrupted");
    const second = await reserved(storage, experiment);
    expect((await storage.getTrial(first.id)).metrics).toEqual({});
    await storage.commitReports([chunk(second, 0, 0, [7])]);
    expect(await series(storage, experiment)).toEqual([[2, 0, 7]]);
    expect(await series(storage, experiment, { allAttempts: true })).toEqual([
      [1, 0, 9],
      [1, 1, 8],
      [2, 0, 7],
    ]);
  });

  test("a snapshot from outside of a trial has what its attempt reported behind it", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const first = await reserved(storage, experiment);
    await storage.commitReports([chunk(first, 0, 0, [9, 8])]);
    await storage.commitReports([chunk(first, 1, 2, [7, 6, 5])]);
    await storage.releaseTrial(first, "interrupted");
    const { metrics } = await storage.getTrial(first.id);
    await storage.saveSnapshot(first.id, "from outside");
    expect(await storage.latestSnapshot(first.id)).toMatchObject({ points: 5, metrics });
    await storage.saveSnapshot(first.id, "earlier", undefined, { points: 2, metrics: { loss: 8 } });
    expect(await storage.latestSnapshot(first.id)).toMatchObject({
      points: 2,
      metrics: { loss: 8 },
    });
  });

  test("an attempt that resumes continues the series from its snapshot", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const first = await reserved(storage, experiment);
    await storage.commitReports([chunk(first, 0, 0, [9, 8])]);
    await storage.commitReports([chunk(first, 1, 2, [7, 6, 5])]);
    await storage.saveSnapshot(first.id, "at 3", undefined, { lease: first, points: 3 });
    await storage.releaseTrial(first, "interrupted");

    const second = await reserved(storage, experiment);
    const snapshot = await storage.latestSnapshot(first.id);
    const from = { attempt: snapshot?.attempt ?? 0, points: snapshot?.points ?? 0 };
    await storage.commitReports([
      { kind: "resumed", trial: second, from },
      chunk(second, 0, 0, [4, 3]),
    ]);
    await storage.saveSnapshot(first.id, "at 1", undefined, { lease: second, points: 1 });
    await storage.releaseTrial(second, "suspended");

    const third = await reserved(storage, experiment);
    const next = await storage.latestSnapshot(first.id);
    await storage.commitReports([
      {
        kind: "resumed",
        trial: third,
        from: { attempt: next?.attempt ?? 0, points: next?.points ?? 0 },
      },
      chunk(third, 0, 0, [2]),
    ]);
    const whole = [
      [1, 0, 9],
      [1, 1, 8],
      [1, 2, 7],
      [2, 0, 4],
      [3, 0, 2],
    ];
    expect(await series(storage, experiment)).toEqual(whole);
    expect(await series(storage, experiment, { allAttempts: true })).toEqual([
      [1, 0, 9],
      [1, 1, 8],
      [1, 2, 7],
      [1, 3, 6],
      [1, 4, 5],
      [2, 0, 4],
      [2, 1, 3],
      [3, 0, 2],
    ]);

    // What the last attempt continued stays known when the trial is put back.
    await storage.pushTrialResults(experiment, third, results);
    await storage.markTrialIncomplete(first.id);
    expect(await series(storage, experiment)).toEqual(whole);
  });

  test("metrics of many trials are read trial by trial", async (storage) => {
    const experiment = await storedGrid(storage, 1200);
    const claims = await storage.claimTrials(experiment, "holder", 1200);
    await storage.commitReports(
      claims.flatMap((trial) => [
        {
          kind: "started" as const,
          trial,
          startedAt: "2026-01-01T00:00:00.000Z",
          worker: "w",
          run: "r",
        },
        chunk(trial, 0, 0, [trial.number]),
      ]),
    );
    const points = await collect(storage.getMetrics(experiment));
    expect(points.map(({ value }) => value)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  });
}
