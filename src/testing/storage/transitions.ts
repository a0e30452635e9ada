import type { Experiment } from "../../model/experiment.ts";
import { trialStatuses, type TrialStatus } from "../../model/status.ts";
import type { HolderStatus } from "../../model/transitions.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import type { Storage } from "../../storage/storage.ts";
import { claimed, everythingOf, results, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

const open = ["new", "interrupted", "suspended", "broken"] as const;

/** What a person may turn a trial into. */
const administrative: Readonly<Record<TrialStatus, readonly TrialStatus[]>> = {
  new: [...open, "completed"],
  reserved: [...open, "completed"],
  suspended: [...open, "completed"],
  interrupted: [...open, "completed"],
  broken: open,
  pruned: open,
  completed: ["new"],
};

/** What the holder of a reserved trial may turn it into, once the attempt began and before. */
const byHolder: readonly HolderStatus[] = [
  "completed",
  "broken",
  "pruned",
  "interrupted",
  "suspended",
];
const beforeStart: readonly HolderStatus[] = ["new", "interrupted", "suspended", "broken"];
const holderTargets: readonly HolderStatus[] = [...byHolder, "new"];

async function end(
  storage: Storage,
  experiment: Experiment,
  claim: ClaimedTrial,
  status: HolderStatus,
): Promise<void> {
  if (status === "completed") await storage.pushTrialResults(experiment, claim, results);
  else await storage.releaseTrial(claim, status);
}

export function transitionTests({ test, expect }: StorageTests): void {
  /** A trial in a state, with the claim of the worker that brought it there (none for a new one). */
  async function trialFrom(
    storage: Storage,
    status: TrialStatus,
  ): Promise<{ experiment: Experiment; id: string; claim: ClaimedTrial | undefined }> {
    const experiment = await storedGrid(storage, 1);
    const [id = ""] = await storage.getTrialIds(experiment);
    const claim = status === "new" ? undefined : await trialIn(storage, experiment, status);
    expect((await storage.getTrial(id)).status).toBe(status);
    return { experiment, id, claim };
  }

  for (const from of trialStatuses) {
    for (const to of trialStatuses) {
      const isLegal = administrative[from].includes(to);
      const may = isLegal ? "may" : "may not";
      test(`a person ${may} turn ${from} into ${to}`, async (storage) => {
        const { experiment, id, claim } = await trialFrom(storage, from);
        const before = await everythingOf(storage, id);
        const change =
          to === "completed"
            ? storage.completeTrial(id, results)
            : storage.setTrialStatus(id, to, { was: from });
        if (!isLegal) {
          await expect(change).rejects.toMatchObject({
            code: "INVALID_TRANSITION",
            details: { id, from, to },
          });
          expect(await everythingOf(storage, id)).toEqual(before);
          return;
        }
        await change;
        const after = await storage.getTrial(id);
        expect(after.status).toBe(to);
        expect(after.results).toEqual(to === "completed" ? results : null);
        // Whoever held it is fenced: nothing that it writes is taken any more.
        if (claim === undefined) return;
        const fenced = await everythingOf(storage, id);
        for (const status of holderTargets) {
          await expect(end(storage, experiment, claim, status)).rejects.toMatchObject({
            code: "LEASE_LOST",
          });
        }
        expect(await everythingOf(storage, id)).toEqual(fenced);
      });
    }
  }

  for (const to of holderTargets) {
    const may = byHolder.includes(to) ? "may" : "may not";
    test(`the holder of a started trial ${may} end it as ${to}`, async (storage) => {
      const { experiment, id, claim } = await trialFrom(storage, "reserved");
      const before = await everythingOf(storage, id);
      const change = end(storage, experiment, claim!, to);
      if (byHolder.includes(to)) {
        await change;
        expect((await storage.getTrial(id)).status).toBe(to);
        expect((await storage.getAttempts(id)).map(({ status }) => status)).toEqual([to]);
      } else {
        await expect(change).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
        expect(await everythingOf(storage, id)).toEqual(before);
      }
    });

    const mayUnstarted = beforeStart.includes(to) ? "may" : "may not";
    test(`the holder of a trial that never started ${mayUnstarted} end it as ${to}`, async (storage) => {
      const experiment = await storedGrid(storage, 1);
      const claim = await claimed(storage, experiment);
      const change = end(storage, experiment, claim, to);
      if (beforeStart.includes(to)) {
        await change;
        expect(await storage.getTrial(claim.id)).toMatchObject({ status: to, attempt: 0 });
        expect(await storage.getAttempts(claim.id)).toEqual([]);
      } else {
        await expect(change).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
        expect(await storage.getTrial(claim.id)).toMatchObject({ status: "reserved", attempt: 0 });
      }
    });
  }

  test("a holder cannot leave a trial reserved, or in a state that does not exist", async (storage) => {
    const { id, claim } = await trialFrom(storage, "reserved");
    const before = await everythingOf(storage, id);
    for (const status of ["reserved", "lost", "completed"]) {
      await expect(
        storage.releaseTrial(claim!, status as unknown as "broken"),
      ).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
    }
    expect(await everythingOf(storage, id)).toEqual(before);
  });

  for (const from of trialStatuses.filter((status) => status !== "new" && status !== "reserved")) {
    test(`who ended a trial as ${from} writes nothing to it any more`, async (storage) => {
      const { experiment, id, claim } = await trialFrom(storage, from);
      const before = await everythingOf(storage, id);
      for (const to of holderTargets) {
        await expect(end(storage, experiment, claim!, to)).rejects.toMatchObject({
          code: "LEASE_LOST",
        });
      }
      await expect(storage.updateHeartbeat(claim!)).rejects.toMatchObject({ code: "LEASE_LOST" });
      expect(await everythingOf(storage, id)).toEqual(before);
    });
  }

  const claimable: readonly TrialStatus[] = ["new", "suspended", "interrupted"];
  for (const from of trialStatuses) {
    const isClaimable = claimable.includes(from);
    test(`a trial that is ${from} ${isClaimable ? "can" : "cannot"} be claimed`, async (storage) => {
      const { experiment, id } = await trialFrom(storage, from);
      const expected = isClaimable ? 1 : 0;
      expect((await storage.claimTrialsById([id], "other")).length).toBe(expected);
      if (isClaimable) await storage.setTrialStatus(id, from);
      expect((await storage.claimTrials(experiment, "other", 5)).length).toBe(expected);
      expect((await storage.getTrial(id)).status).toBe(isClaimable ? "reserved" : from);
    });
  }

  test("a change by a person needs the status that the trial was to have", async (storage) => {
    const { id } = await trialFrom(storage, "broken");
    const before = await everythingOf(storage, id);
    await expect(storage.setTrialStatus(id, "new", { was: "interrupted" })).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
      message: `Trial ${id} is broken, not interrupted; nothing was changed`,
    });
    expect(await everythingOf(storage, id)).toEqual(before);
    await storage.setTrialStatus(id, "new", { was: "broken" });
    expect((await storage.getTrial(id)).status).toBe("new");
  });

  test("a status that does not exist is INVALID_VALUE and names the nearest", async (storage) => {
    const { id } = await trialFrom(storage, "broken");
    const before = await everythingOf(storage, id);
    const status = "suspend" as unknown as TrialStatus;
    const refused = {
      code: "INVALID_VALUE",
      message:
        'Unknown status "suspend"; did you mean "suspended"? (one of new, reserved, suspended, completed, interrupted, broken, pruned)',
    };
    await expect(storage.setTrialStatus(id, status)).rejects.toMatchObject(refused);
    await expect(storage.setTrialStatus(id, "new", { was: status })).rejects.toMatchObject(refused);
    await expect(storage.updateTrial(id, { status })).rejects.toMatchObject(refused);
    await expect(storage.updateTrials("grid", { status })).rejects.toMatchObject(refused);
    expect(await everythingOf(storage, id)).toEqual(before);
  });

  test("completed needs results, valid ones, and nothing else takes any", async (storage) => {
    const { id } = await trialFrom(storage, "interrupted");
    const before = await everythingOf(storage, id);
    await expect(storage.setTrialStatus(id, "completed")).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
      message: `Trial ${id}: interrupted to completed needs results; nothing was changed`,
    });
    await expect(storage.updateTrial(id, { status: "new", results })).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
    });
    await expect(storage.completeTrial(id, { accuracy: 1 })).rejects.toMatchObject({
      code: "INVALID_RESULTS",
    });
    expect(await everythingOf(storage, id)).toEqual(before);
  });

  test("a trial that is not there is NOT_FOUND", async (storage) => {
    const id = "0".repeat(32);
    for (const change of [
      () => storage.setTrialStatus(id, "new"),
      () => storage.completeTrial(id, results),
      () => storage.markTrialIncomplete(id),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await storage.updateTrial(id, { status: "new" })).toBe(0);
  });
}
