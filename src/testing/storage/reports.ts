import type { ClaimedTrial } from "../../storage/leases.ts";
import type { FinishedReport, StartedReport } from "../../storage/reports.ts";
import { encodeValue } from "../../values/encode.ts";
import { briefLease, claimed, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

function started(trial: ClaimedTrial, more: Partial<StartedReport> = {}): StartedReport {
  const startedAt = "2026-01-01T00:00:00.000Z";
  return { kind: "started", trial, startedAt, worker: "worker", run: "run", ...more };
}

function completed(trial: ClaimedTrial, loss: number): FinishedReport {
  return {
    kind: "finished",
    trial,
    status: "completed",
    results: encodeValue({ loss }),
    metrics: encodeValue({ accuracy: 0.5 }),
    objective: loss,
    endedAt: "2026-01-01T00:00:02.000Z",
    durationMs: 2000,
  };
}

export function reportTests({ test, expect }: StorageTests): void {
  test("a start and an end are recorded, apart or together", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const [apart, together] = (await storage.claimTrials(experiment, "holder", 2)) as [
      ClaimedTrial,
      ClaimedTrial,
    ];
    expect(await storage.commitReports([started(apart)])).toEqual([true]);
    expect(await storage.getTrial(apart.id)).toMatchObject({
      status: "reserved",
      attempt: 1,
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: null,
      worker: "worker",
      run: "run",
    });
    expect(
      await storage.commitReports([completed(apart, 1), started(together), completed(together, 1)]),
    ).toEqual([true, true, true]);
    const [one, two] = await storage.getTrials(experiment);
    expect(one).toMatchObject({
      status: "completed",
      attempt: 1,
      results: { loss: 1 },
      metrics: { accuracy: 0.5 },
      startedAt: "2026-01-01T00:00:00.000Z",
      endedAt: "2026-01-01T00:00:02.000Z",
      durationMs: 2000,
      error: null,
    });
    const { id, number, params, seed, ...rest } = one!;
    expect(two).toMatchObject(rest);
    expect([id, number, params, seed].length).toBe(4);
  });

  test("each report has its own outcome: a stale one does not touch its neighbours", async (storage) => {
    const experiment = await storedGrid(storage, 4);
    const claims = await storage.claimTrials(experiment, "holder", 4);
    await storage.setTrialStatus(claims[1]!.id, "interrupted");
    await storage.deleteTrials(experiment, { number: 2 });
    const reports = claims.flatMap((claim, i) => [started(claim), completed(claim, i)]);
    expect(await storage.commitReports(reports)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    const trials = await storage.getTrials(experiment);
    expect(trials.map(({ number, status }) => [number, status])).toEqual([
      [0, "completed"],
      [1, "interrupted"],
      [3, "completed"],
    ]);
    expect(await storage.getAttempts(claims[1]!.id)).toEqual([]);
  });

  test("no reports are no work", async (storage) => {
    expect(await storage.commitReports([])).toEqual([]);
  });

  test("a report that is sent twice is taken once", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await claimed(storage, experiment);
    expect(await storage.commitReports([started(claim)])).toEqual([true]);
    expect(await storage.commitReports([started(claim)])).toEqual([true]);
    expect(await storage.commitReports([completed(claim, 1)])).toEqual([true]);
    expect(await storage.commitReports([completed(claim, 2)])).toEqual([false]);
    expect(await storage.getTrial(claim.id)).toMatchObject({ attempt: 1, results: { loss: 1 } });
    expect((await storage.getAttempts(claim.id)).length).toBe(1);
  });

  test("an end without a start does not pass for the attempt before", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await trialIn(storage, experiment, "interrupted");
    const claim = await claimed(storage, experiment);
    expect(await storage.commitReports([completed(claim, 1)])).toEqual([false]);
    expect(await storage.getAttempts(id)).toMatchObject([{ attempt: 1, status: "interrupted" }]);
    expect(await storage.commitReports([started(claim), completed(claim, 1)])).toEqual([
      true,
      true,
    ]);
    expect(await storage.getAttempts(id)).toMatchObject([
      { attempt: 1, status: "interrupted", results: null },
      { attempt: 2, status: "completed", results: { loss: 1 } },
    ]);
  });

  test("an error is kept with its stack", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await claimed(storage, experiment);
    const error = { cause: "error", message: "It broke", stack: "at line 1\nat line 2" } as const;
    const endedAt = "2026-01-01T00:00:01.000Z";
    await storage.commitReports([
      started(claim),
      { kind: "finished", trial: claim, status: "broken", error, endedAt, durationMs: 1000 },
    ]);
    expect(await storage.getTrial(claim.id)).toMatchObject({ status: "broken", error, endedAt });
    expect(await storage.getAttempts(claim.id)).toMatchObject([{ status: "broken", error }]);
  });

  test("a trial that is given up without another attempt is broken and says why", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const brief = await again(briefLease);
    await brief.reserveTrial(experiment, { holder: "lost" });
    const claim = await claimed(storage, experiment);
    const error = { cause: "lost", message: "Lost 1 times" } as const;
    const endedAt = "2026-01-01T00:00:01.000Z";
    expect(
      await storage.commitReports([
        { kind: "finished", trial: claim, status: "broken", error, endedAt },
      ]),
    ).toEqual([true]);
    expect(await storage.getTrial(claim.id)).toMatchObject({ status: "broken", error, attempt: 1 });
  });

  test("only what completed can be the best", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const [one, two] = await storage.claimTrials(experiment, "holder", 2);
    await storage.commitReports([
      started(one!),
      { ...completed(one!, 0.1), status: "pruned" },
      started(two!),
      completed(two!, 0.9),
    ]);
    expect((await storage.getTrial(one!.id)).results).toEqual({ loss: 0.1 });
    expect((await storage.bestTrial(experiment))?.number).toBe(1);
  });
}
