import { everythingOf, reserved, results, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function lifecycleTests({ test, expect, isPersistent }: StorageTests): void {
  test("every handle sees what another one committed", async (storage, again) => {
    const experiment = await storedGrid(storage, 2);
    const other = await again();
    const { id } = await trialIn(storage, experiment, "completed");
    expect((await other.getTrial(id)).results).toEqual(results);
    await other.markTrialIncomplete(id);
    expect((await storage.getTrial(id)).status).toBe("new");
  });

  test("leases last 30 seconds unless told", async (storage, again) => {
    expect(storage.leaseMs).toBe(30_000);
    expect((await again({ leaseMs: 5000 })).leaseMs).toBe(5000);
  });

  test("use after close is an error that says so", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    await storage.close();
    await storage.close();
    await expect(storage.getTrials(experiment)).rejects.toMatchObject({ code: "MODE" });
    await expect(storage.claimTrials(experiment, "holder", 1)).rejects.toMatchObject({
      code: "MODE",
    });
  });

  if (!isPersistent) return;

  test("what was written outlives the handle", async (storage, again) => {
    const experiment = await storedGrid(storage, 2);
    const { id } = await trialIn(storage, experiment, "completed");
    const claim = await reserved(storage, experiment);
    await storage.saveSnapshot(claim.id, { step: 1 }, undefined, { lease: claim });
    const before = [await everythingOf(storage, id), await everythingOf(storage, claim.id)];
    await storage.close();
    const reopened = await again();
    expect([await everythingOf(reopened, id), await everythingOf(reopened, claim.id)]).toEqual(
      before,
    );
    // The claim is good for as long as its lease: another handle may write under it.
    await reopened.pushTrialResults("grid", claim, results);
    expect((await reopened.getTrial(claim.id)).status).toBe("completed");
  });
}
