import { gridSpec } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

const newRun = { command: ["run", "a.ts"], environment: { node: "20", args: [1n] }, holder: "h" };

export function runTests({ test, expect }: StorageTests): void {
  test("a run is recorded from its start to its end", async (_, again) => {
    const times = [
      "2026-01-02T03:04:05.678Z",
      "2026-01-02T03:04:05.678Z",
      "2026-01-02T04:00:00.000Z",
    ];
    const storage = await again({ wallClock: () => new Date(times.shift() ?? 0) });
    const experiment = await storage.createExperiment(gridSpec(1));
    const run = await storage.startRun(experiment, { ...newRun, notes: "first", code: "abc" });
    expect(run).toEqual({
      number: 1,
      reference: "grid_1_2026-01-02-T030405",
      status: "running",
      startedAt: "2026-01-02T03:04:05.678Z",
      endedAt: null,
      command: ["run", "a.ts"],
      environment: { node: "20", args: [1n] },
      summary: null,
      notes: "first",
      code: "abc",
    });
    await storage.updateRun(run, { summary: { executed: 1 } });
    expect(await storage.getRuns("grid")).toEqual([{ ...run, summary: { executed: 1 } }]);
    await storage.updateRun(run, { status: "completed", summary: { executed: 3 } });
    expect(await storage.getRuns(experiment)).toEqual([
      {
        ...run,
        status: "completed",
        endedAt: "2026-01-02T04:00:00.000Z",
        summary: { executed: 3 },
      },
    ]);
  });

  test("runs that start at the same time have numbers and references of their own", async (storage, again) => {
    const one = await storage.createExperiment(gridSpec(1, { name: "one" }));
    const two = await storage.createExperiment(gridSpec(1, { name: "two" }));
    const other = await again();
    const runs = await Promise.all(
      Array.from({ length: 12 }, async (_, i) =>
        (i % 2 === 0 ? storage : other).startRun(i % 3 === 0 ? one : two, newRun),
      ),
    );
    expect(new Set(runs.map(({ number }) => number)).size).toBe(12);
    expect(new Set(runs.map(({ reference }) => reference)).size).toBe(12);
    const ofOne = await storage.getRuns(one);
    expect(ofOne.length).toBe(4);
    expect(ofOne.every(({ number }, i) => i === 0 || number > (ofOne[i - 1]?.number ?? 0))).toBe(
      true,
    );
  });

  test("a run that is not there is NOT_FOUND", async (storage) => {
    await expect(storage.updateRun({ number: 7 }, { status: "failed" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(storage.startRun("none", newRun)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
}
