import { processIdentity } from "../../util/boot.ts";
import {
  briefLease,
  claimed,
  everythingOf,
  numbersOf,
  registerGrid,
  reserved,
  results,
  storedGrid,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function claimTests({ test, expect }: StorageTests): void {
  test("a claim tells all that is needed to run the trial", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const claim = await claimed(storage, experiment);
    const trial = await storage.getTrial(claim.id);
    expect(claim).toMatchObject({
      number: 0,
      attempt: 0,
      losses: 0,
      params: '{"x":0,"fixed":"constant"}',
      seed: trial.seed,
    });
    expect(trial).toMatchObject({ status: "reserved", attempt: 0, startedAt: null });
  });

  test("trials are claimed in the order of their numbers, reopened ones with the rest", async (storage) => {
    const experiment = await storedGrid(storage, 6);
    const first = await storage.claimTrials(experiment, "holder", 3);
    expect(numbersOf(first)).toEqual([0, 1, 2]);
    await storage.releaseTrial(first[1]!, "new");
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 2))).toEqual([1, 3]);
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 9))).toEqual([4, 5]);
    expect(await storage.claimTrials(experiment, "holder", 9)).toEqual([]);
    expect(await storage.reserveTrial(experiment, { holder: "holder" })).toBe(undefined);
  });

  test("given trials are claimed, those of them that are open", async (storage) => {
    const experiment = await storedGrid(storage, 4);
    const ids = await storage.getTrialIds(experiment);
    await reserved(storage, experiment);
    const wanted = [ids[2] ?? "", ids[0] ?? "", "0".repeat(32)];
    expect(numbersOf(await storage.claimTrialsById(wanted, "holder"))).toEqual([2]);
    expect(await storage.claimTrialsById([], "holder")).toEqual([]);
  });

  test("only the experiment's own trials are claimed", async (storage) => {
    const one = await storedGrid(storage, 2, { name: "one" });
    const other = await storedGrid(storage, 2, { name: "other" });
    expect((await storage.claimTrials(one, "holder", 9)).length).toBe(2);
    expect(await storage.countTrials(other, "new")).toBe(2);
  });

  test("of many workers no two get the same trial, and none is left", async (storage, again) => {
    const experiment = await storedGrid(storage, 120);
    const handles = [storage, await again(), await again()];
    const claims = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const handle = handles[i % 3] ?? storage;
        const all: number[] = [];
        for (;;) {
          const got = await handle.claimTrials(experiment, `worker ${String(i)}`, 1 + (i % 4));
          if (got.length === 0) return all;
          all.push(...numbersOf(got));
        }
      }),
    );
    const numbers = claims.flat().sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, i) => i));
  });

  test("of many workers that want the one open trial exactly one gets it", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const other = await again();
    const claims = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        (i % 2 === 0 ? storage : other).reserveTrial(experiment, { holder: `worker ${String(i)}` }),
      ),
    );
    expect(claims.filter((claim) => claim !== undefined).length).toBe(1);
  });

  test("a lease that is over is taken over in one step, under a larger token", async (storage, again) => {
    const experiment = await storedGrid(storage, 2);
    const brief = await again(briefLease);
    const lost = await reserved(brief, experiment, "lost");
    expect(numbersOf(await storage.fetchLostTrials(experiment))).toEqual([0]);
    const taken = await storage.claimTrials(experiment, "taker", 2);
    // What is open comes first, what was lost after it.
    expect(numbersOf(taken)).toEqual([1, 0]);
    expect(taken[1]!.token > lost.token).toBe(true);
    expect(taken[1]).toMatchObject({ attempt: 1, losses: 1 });
    expect(await storage.fetchLostTrials(experiment)).toEqual([]);
    expect(await storage.claimTrials(experiment, "third", 2)).toEqual([]);
  });

  test("a lost trial is taken over by exactly one of many", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    await reserved(await again(briefLease), experiment);
    const other = await again();
    const claims = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        (i % 2 === 0 ? storage : other).claimTrials(experiment, `worker ${String(i)}`, 1),
      ),
    );
    expect(claims.flat().length).toBe(1);
  });

  test("a lease that is renewed is not taken over", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const brief = await again(briefLease);
    const claim = await reserved(brief, experiment);
    await storage.updateHeartbeat(claim);
    expect(await storage.fetchLostTrials(experiment)).toEqual([]);
    expect(await storage.claimTrials(experiment, "taker", 1)).toEqual([]);
    // Renewed too late, but before anybody took it over: it is still held.
    await brief.updateHeartbeat(claim);
    expect((await storage.fetchLostTrials(experiment)).length).toBe(1);
    await storage.updateHeartbeat(claim);
    await storage.pushTrialResults(experiment, claim, results);
    expect((await storage.getTrial(claim.id)).status).toBe("completed");
  });

  test("leases are renewed one for one", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const claims = await storage.claimTrials(experiment, "holder", 3);
    await storage.setTrialStatus(claims[1]!.id, "suspended");
    expect(await storage.renewLeases(claims)).toEqual([true, false, true]);
    expect(await storage.renewLeases([])).toEqual([]);
  });

  test("a stale token changes nothing, whatever it writes", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const stale = await reserved(await again(briefLease), experiment, "stale");
    const holder = await reserved(storage, experiment, "holder");
    expect(holder.id).toBe(stale.id);
    await storage.saveSnapshot(holder.id, { step: 1 }, undefined, { lease: holder });
    const before = await everythingOf(storage, stale.id);

    const lost = { code: "LEASE_LOST", details: { id: stale.id } };
    const writes: readonly (() => Promise<unknown>)[] = [
      () => storage.updateHeartbeat(stale),
      () => storage.pushTrialResults(experiment, stale, results),
      () => storage.releaseTrial(stale, "broken"),
      () => storage.releaseTrial(stale, "interrupted"),
      () => storage.releaseTrial(stale, "new"),
      () => storage.saveSnapshot(stale.id, { step: 2 }, "label", { lease: stale }),
      () => storage.saveArtifact(stale.id, "a.txt", Buffer.from("a"), stale),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject(lost);
    const at = "2026-01-01T00:00:00.000Z";
    expect(
      await storage.commitReports([
        { kind: "started", trial: stale, startedAt: at, worker: "stale", run: "r" },
        { kind: "metrics", trial: stale, chunk: 0, count: 1, before: 0, points: "{}", last: "{}" },
        { kind: "resumed", trial: stale, from: { attempt: 1, points: 0 } },
        { kind: "output", trial: stale, part: 0, segments: "[]" },
        { kind: "finished", trial: stale, status: "completed", results: "{}", endedAt: at },
      ]),
    ).toEqual([false, false, false, false, false]);
    expect(await storage.renewLeases([stale])).toEqual([false]);
    expect(await everythingOf(storage, stale.id)).toEqual(before);

    await storage.pushTrialResults(experiment, holder, results);
    expect((await storage.getTrial(stale.id)).results).toEqual(results);
  });

  test("every claim and every change by a person has a token of its own", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const tokens: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const claim = await reserved(storage, experiment);
      tokens.push(claim.token);
      if (i % 2 === 0) await storage.releaseTrial(claim, "interrupted");
      else await storage.setTrialStatus(claim.id, "new");
    }
    expect(tokens.every((token, i) => i === 0 || token > (tokens[i - 1] ?? 0))).toBe(true);
    expect(new Set(tokens).size).toBe(5);
  });

  test("a token from before a trial was deleted is stale for the one registered anew", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const old = [await reserved(storage, experiment)];
    for (let i = 0; i < 3; i += 1) {
      await storage.deleteTrials(experiment);
      await registerGrid(storage, await storage.getExperiment(experiment));
      const holder = await reserved(storage, experiment, "holder");
      expect(holder.id).toBe(old[0]?.id);
      for (const stale of old) {
        expect(stale.token < holder.token).toBe(true);
        await expect(storage.pushTrialResults(experiment, stale, results)).rejects.toMatchObject({
          code: "LEASE_LOST",
        });
      }
      expect(await storage.getAttempts(holder.id)).toMatchObject([
        { attempt: 1, status: "reserved" },
      ]);
      old.push(holder);
    }
  });

  test("a claim from before an experiment was overwritten writes nothing", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const stale = await reserved(storage, experiment);
    await storage.deleteExperiment(experiment);
    const second = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(second);
    const before = await everythingOf(storage, id);
    const lost = { code: "LEASE_LOST" };
    await expect(storage.pushTrialResults(second, stale, results)).rejects.toMatchObject(lost);
    await expect(storage.updateHeartbeat(stale)).rejects.toMatchObject(lost);
    const options = { lease: stale };
    await expect(storage.saveSnapshot(stale.id, 1, undefined, options)).rejects.toMatchObject(lost);
    await expect(
      storage.saveArtifact(stale.id, "a", Buffer.from("a"), stale),
    ).rejects.toMatchObject(lost);
    expect(await everythingOf(storage, id)).toEqual(before);
  });

  test("a holder that is not provably gone keeps its trials", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    await claimed(storage, experiment, "another host's process");
    await claimed(storage, experiment, `${processIdentity()} worker 1`);
    expect(await storage.releaseGoneHolders(experiment)).toBe(0);
    expect(await storage.claimTrials(experiment, "taker", 2)).toEqual([]);
  });

  test("the trials of a process of this host that is gone are open at once", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    // No process started at the first tick of this boot with this number.
    const gone = processIdentity().replace(/[^/]+$/, "1");
    const lost = await reserved(storage, experiment, `${gone} worker 1`);
    await claimed(storage, experiment, `${gone} worker 2`);
    await claimed(storage, experiment);
    expect(await storage.releaseGoneHolders(experiment)).toBe(2);
    expect(await storage.releaseGoneHolders(experiment)).toBe(0);
    expect(numbersOf(await storage.claimTrials(experiment, "taker", 3))).toEqual([0, 1]);
    await expect(storage.updateHeartbeat(lost)).rejects.toMatchObject({ code: "LEASE_LOST" });
  });
}
