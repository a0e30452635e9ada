import {
  briefLease,
  claimed,
  registerGrid,
  reserved,
  results,
  storedGrid,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function attemptTests({ test, expect }: StorageTests): void {
  test("a trial that was claimed but not started has no attempt", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await claimed(storage, experiment);
    expect(await storage.getAttempts(claim.id)).toEqual([]);
    await storage.releaseTrial(claim, "new");
    const next = await claimed(storage, experiment);
    expect(next).toMatchObject({ attempt: 0, losses: 0 });
  });

  test("a claim that was lost before it started is no attempt and no loss", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    await claimed(await again(briefLease), experiment);
    const claim = await claimed(storage, experiment);
    expect(claim).toMatchObject({ attempt: 0, losses: 0 });
    expect(await storage.getAttempts(claim.id)).toEqual([]);
  });

  test("every attempt stays readable, with its error", async (_, again) => {
    let tick = Date.parse("2026-01-01T00:00:00.000Z");
    const storage = await again({ wallClock: () => new Date((tick += 1000)) });
    const experiment = await storedGrid(storage, 1);
    const error = { cause: "error", message: "First", stack: "at line 1" } as const;

    const first = await reserved(storage, experiment, "first");
    await storage.releaseTrial(first, "broken", error);
    await storage.setTrialStatus(first.id, "new");
    const second = await reserved(storage, experiment, "second");
    await storage.releaseTrial(second, "interrupted");
    const third = await reserved(storage, experiment, "third");
    expect((await storage.getTrial(first.id)).error).toBe(null);
    await storage.pushTrialResults(experiment, third, results);

    const attempts = await storage.getAttempts(first.id);
    expect(attempts).toMatchObject([
      { attempt: 1, status: "broken", worker: "first", error, results: null },
      { attempt: 2, status: "interrupted", worker: "second", error: null, results: null },
      { attempt: 3, status: "completed", worker: "third", error: null, results },
    ]);
    for (const { startedAt, endedAt } of attempts) {
      expect(String(startedAt) < String(endedAt)).toBe(true);
    }
    expect(await storage.getTrial(first.id)).toMatchObject({ attempt: 3, status: "completed" });
  });

  test("of a very long error the beginning is kept, and how long the rest was", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    const long = `began${"🜁".repeat(5_000_000)}`;
    const error = { cause: "error", message: long, stack: `${long} at line 1` } as const;
    await storage.releaseTrial(claim, "broken", error);
    const { message = "", stack = "" } = (await storage.getTrial(claim.id)).error ?? {};
    expect([message.length < 101_000, stack.length < 101_000]).toEqual([true, true]);
    expect(message.slice(0, 9)).toBe("began🜁🜁");
    expect(message.endsWith("… (9900005 more characters)")).toBe(true);
  });

  test("an attempt is running until it ends or is lost", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const brief = await again(briefLease);
    const lost = await reserved(brief, experiment);
    expect(await storage.getAttempts(lost.id)).toMatchObject([
      { status: "reserved", endedAt: null },
    ]);
    const taker = await reserved(storage, experiment);
    expect(await storage.getAttempts(lost.id)).toMatchObject([
      { attempt: 1, status: "lost", endedAt: null },
      { attempt: 2, status: "reserved" },
    ]);
    await storage.releaseTrial(taker, "suspended");
    expect(await storage.getAttempts(lost.id)).toMatchObject([
      { status: "lost" },
      { status: "suspended" },
    ]);
  });

  test("how an attempt ended stands while the next one is claimed but not started", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    await trialIn(storage, experiment, "interrupted");
    const claim = await claimed(storage, experiment);
    expect(await storage.getAttempts(claim.id)).toMatchObject([
      { attempt: 1, status: "interrupted" },
    ]);
  });

  test("a lost attempt stays lost when its trial is put back", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    await reserved(await again(briefLease), experiment);
    const claim = await claimed(storage, experiment);
    await storage.releaseTrial(claim, "interrupted");
    expect(await storage.getAttempts(claim.id)).toMatchObject([{ attempt: 1, status: "lost" }]);
    const next = await claimed(storage, experiment);
    expect(next).toMatchObject({ attempt: 1, losses: 1 });
  });

  test("losses are counted, and nothing else is one", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const brief = await again(briefLease);
    for (let losses = 0; losses < 4; losses += 1) {
      const claim = await reserved(brief, experiment);
      expect(claim.losses).toBe(losses);
    }
    const claim = await reserved(storage, experiment);
    expect(claim).toMatchObject({ losses: 4, attempt: 4 });
    await storage.releaseTrial(claim, "interrupted");
    const next = await reserved(storage, experiment);
    expect(next).toMatchObject({ losses: 4, attempt: 5 });
    const statuses = (await storage.getAttempts(claim.id)).map(({ status }) => status);
    expect(statuses).toEqual(["lost", "lost", "lost", "lost", "interrupted", "reserved"]);
  });

  test("a person who lets a trial run again forgives its losses", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const brief = await again(briefLease);
    for (const status of ["new", "interrupted", "suspended"] as const) {
      await reserved(brief, experiment);
      const claim = await reserved(storage, experiment);
      expect(claim.losses).toBe(1);
      await storage.releaseTrial(claim, "broken");
      await storage.setTrialStatus(claim.id, status);
      const next = await reserved(storage, experiment);
      expect(next.losses).toBe(0);
      await storage.releaseTrial(next, "interrupted");
    }
  });

  test("results stay on the old attempt when a completed trial is made new", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await trialIn(storage, experiment, "completed");
    await storage.markTrialIncomplete(id);
    expect(await storage.getTrial(id)).toMatchObject({
      status: "new",
      results: null,
      startedAt: null,
      endedAt: null,
      attempt: 1,
    });
    expect(await storage.bestTrial(experiment)).toBe(undefined);
    expect(await storage.getAttempts(id)).toMatchObject([
      { attempt: 1, status: "completed", results },
    ]);

    const claim = await reserved(storage, experiment);
    expect(claim.attempt).toBe(1);
    await storage.pushTrialResults(experiment, claim, { loss: 2 });
    expect(await storage.getTrial(id)).toMatchObject({ attempt: 2, results: { loss: 2 } });
    expect(await storage.getAttempts(id)).toMatchObject([
      { attempt: 1, results },
      { attempt: 2, results: { loss: 2 } },
    ]);
  });

  test("results that were given by hand stay on record too", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await trialIn(storage, experiment, "interrupted");
    await storage.completeTrial(id, { loss: 1, by: "hand" });
    expect(await storage.getTrial(id)).toMatchObject({ results: { loss: 1, by: "hand" } });
    expect(await storage.getAttempts(id)).toMatchObject([{ attempt: 1, status: "interrupted" }]);
    await storage.markTrialIncomplete(id);
    expect(await storage.getAttempts(id)).toMatchObject([
      { attempt: 1, status: "interrupted", results: null },
      { attempt: 2, status: "completed", results: { loss: 1, by: "hand" }, startedAt: null },
    ]);
    await reserved(storage, experiment);
    expect((await storage.getAttempts(id)).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test("a person's change ends the attempt that runs", async (storage) => {
    const experiment = await storedGrid(storage, 5);
    const changes = ["interrupted", "suspended", "broken", "new", "completed"] as const;
    for (const to of changes) {
      const { id } = await reserved(storage, experiment);
      if (to === "completed") await storage.completeTrial(id, results);
      else await storage.setTrialStatus(id, to);
      const attempts = await storage.getAttempts(id);
      const ended = to === "new" || to === "completed" ? "interrupted" : to;
      expect(
        attempts.map(({ status }) => status),
        to,
      ).toEqual([ended]);
      expect(attempts[0]?.endedAt === null, to).toBe(false);
      if (to === "new") await storage.setTrialStatus(id, "broken");
      else if (to !== "completed" && to !== "broken") {
        const next = await reserved(storage, experiment);
        expect(next).toMatchObject({ id, losses: 0 });
        expect((await storage.getAttempts(id)).map(({ status }) => status)).toEqual([
          ended,
          "reserved",
        ]);
      }
    }
  });

  test("deleted trials leave no attempts to those registered anew", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await trialIn(storage, experiment, "interrupted");
    await reserved(storage, experiment);
    await storage.deleteTrials(experiment);
    await registerGrid(storage, await storage.getExperiment(experiment));
    expect(await storage.getTrial(id)).toMatchObject({ status: "new", attempt: 0 });
    expect(await storage.getAttempts(id)).toEqual([]);
  });
}
