import { setTimeout as sleep } from "node:timers/promises";
import type { Experiment } from "../../model/experiment.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import type { TrialReport } from "../../storage/reports.ts";
import type { Storage } from "../../storage/storage.ts";
import { verifyDatabase } from "../../storage/verify-database.ts";
import { encodeValue } from "../../values/encode.ts";
import { collect, storedGrid } from "../storage/fixtures.ts";
import { restartAt } from "./during.ts";
import type { OutageTests } from "./tests.ts";

const time = "2026-01-01T00:00:00.000Z";

/** What a worker was told of the trials that it reported. */
interface Outcomes {
  readonly accepted: string[];
  readonly refused: string[];
}

export function restartTests({ test, expect }: OutageTests): void {
  test("many handles claim while the server dies again and again: each trial is completed once", async (server, storage, again) => {
    const size = 600;
    const workers = 6;
    const points = [100, 250, 400, 500];
    const experiment = await storedGrid(storage, size);
    const outcomes: Outcomes = { accepted: [], refused: [] };
    const work = Array.from({ length: workers }, async (_, worker) => {
      const handle = await again({ leaseMs: 3000 });
      await workUntilDone(handle, experiment, { worker, limit: 1 + (worker % 3), outcomes });
    });
    const restarts = restartAt(server, points, () => outcomes.accepted.length);
    await Promise.all([...work, restarts]);

    const trials = await collect(storage.eachTrial(experiment));
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: size }, (_, i) => i));
    expect(trials.filter(({ status }) => status !== "completed").map(({ id }) => id)).toEqual([]);
    // Nobody was told twice that a trial is his, and whoever was told so finds what he wrote.
    expect(new Set(outcomes.accepted).size).toBe(outcomes.accepted.length);
    const stored = new Set(trials.map(({ id, results }) => `${id} ${String(results?.["by"])}`));
    expect(outcomes.accepted.filter((one) => !stored.has(one))).toEqual([]);
    // A report whose answer was lost may be refused; there are no more of those than were on their way.
    const mostLost = points.length * workers * 3;
    expect(outcomes.accepted.length >= size - mostLost, String(outcomes.accepted.length)).toBe(
      true,
    );
    expect((await verifyDatabase(storage)).problems).toEqual([]);
  });

  test("what many handles insert while the server dies is there once", async (server, storage, again) => {
    const count = 120;
    const handles = [storage, await again(), await again(), await again()];
    let done = 0;
    const inserts = handles.map(async ({ database }, worker) => {
      const codes: unknown[] = [];
      for (let i = 0; i < count; i += 1) {
        const hash = `${String(worker)} ${String(i)}`;
        // A repeated insert meets what it inserted before its answer was lost.
        await database
          .write("code", { hash, bundle: "{}", createdAt: time })
          .catch((error: unknown) => codes.push((error as { code: unknown }).code));
        const outcome = await database.batch([
          {
            kind: "insert",
            collection: "metrics",
            documents: [0, 1].map((chunk) => ({
              ...{ experiment: 1, number: worker, attempt: i, chunk },
              ...{ count: 1, before: 0, points: "{}" },
            })),
            ifAbsent: true,
          },
        ]);
        expect(outcome.applied).toBe(true);
        done += 1;
      }
      expect(codes.filter((code) => code !== "DUPLICATE")).toEqual([]);
    });
    const all = count * handles.length;
    await Promise.all([...inserts, restartAt(server, [all / 6, all / 2], () => done)]);
    const scan = { scan: true };
    expect(await storage.database.count("code", {}, scan)).toBe(all);
    expect(await storage.database.count("metrics", {}, scan)).toBe(2 * all);
  });

  test("a batch that may have been carried out twice says so", async (server, storage, again) => {
    const handles = [storage, await again(), await again(), await again()];
    const count = 150;
    await storage.database.write("counters", { name: "outage", value: 0 });
    let done = 0;
    let repeated = 0;
    const work = handles.map(async ({ database }) => {
      for (let i = 0; i < count; i += 1) {
        const outcome = await database.batch([
          {
            kind: "update",
            collection: "counters",
            query: { name: "outage" },
            change: { increment: { value: 1 } },
          },
        ]);
        if (outcome.isRepeated === true) repeated += 1;
        done += 1;
      }
    });
    const all = count * handles.length;
    await Promise.all([...work, restartAt(server, [all / 6, all / 3, all / 2], () => done)]);
    const [counter] = await storage.database.read("counters", { name: "outage" });
    const value = Number(counter?.["value"]);
    expect(value >= all && value <= all + repeated, `${String(value)} of ${String(all)}`).toBe(
      true,
    );
  });

  test("every snapshot that was saved while the server died can be read", async (server, storage, again) => {
    const experiment = await storedGrid(storage, 4);
    const claims = await storage.claimTrials(experiment, "holder", 4);
    let done = 0;
    const count = 12;
    const saved = claims.map(async (claim) => {
      const handle = await again();
      const numbers: number[] = [];
      for (let i = 0; i < count; i += 1) {
        const state = { i, bytes: new Uint8Array(300_000).fill(i) };
        numbers.push(await handle.saveSnapshot(claim.id, state, `s${String(i)}`));
        done += 1;
      }
      return numbers;
    });
    const restarts = restartAt(server, [5, 20, 35], () => done);
    const numbers = await Promise.all(saved);
    await restarts;
    for (const [place, claim] of claims.entries()) {
      expect(new Set(numbers[place]).size).toBe(count);
      const byNumber = new Map(
        (await storage.getSnapshots(claim.id)).map((one) => [one.number, one]),
      );
      for (const [i, number] of (numbers[place] ?? []).entries()) {
        const found = byNumber.get(number);
        expect(found?.label).toBe(`s${String(i)}`);
        const { bytes } = found?.state as { bytes: Uint8Array };
        expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([300_000, i, i]);
      }
    }
    expect((await verifyDatabase(storage)).problems).toEqual([]);
  });
}

interface Work {
  readonly worker: number;
  readonly limit: number;
  readonly outcomes: Outcomes;
}

/** Claims and completes trials until all of the experiment are completed, by whoever. */
async function workUntilDone(
  storage: Storage,
  experiment: Experiment,
  { worker, limit, outcomes }: Work,
): Promise<void> {
  for (;;) {
    const claims = await storage.claimTrials(experiment, `holder ${String(worker)}`, limit);
    if (claims.length === 0) {
      const left = await storage.database.count("trials", {
        experiment: experiment.key,
        availableAt: { $gte: 0 },
      });
      if (left === 0) return;
      await sleep(50);
    } else await complete(storage, claims, worker, outcomes);
  }
}

async function complete(
  storage: Storage,
  claims: readonly ClaimedTrial[],
  worker: number,
  outcomes: Outcomes,
): Promise<void> {
  const results = encodeValue({ loss: 1, by: worker });
  const reports = claims.flatMap((trial): TrialReport[] => [
    { kind: "started", trial, startedAt: time, worker: String(worker), run: "run" },
    {
      kind: "finished",
      trial,
      status: "completed",
      results,
      objective: 1,
      endedAt: time,
      durationMs: 1,
    },
  ]);
  const told = await storage.commitReports(reports);
  for (const [i, { id }] of claims.entries()) {
    const list = told[2 * i + 1] === true ? outcomes.accepted : outcomes.refused;
    list.push(`${id} ${String(worker)}`);
  }
}
