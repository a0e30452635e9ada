import type { Experiment } from "../../model/experiment.ts";
import type { Suggestion } from "../../model/suggestion.ts";
import { choice } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import type { Storage } from "../../storage/storage.ts";
import {
  briefLease,
  gridSpec,
  numbersOf,
  registerGrid,
  reserved,
  results,
  storedGrid,
  suggestionsOf,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

const all = { holder: "holder", limit: 100 };

/** The trials with these numbers of an experiment's grid. */
function trialsOf(experiment: Experiment, numbers: readonly number[]): Suggestion[] {
  return numbers.flatMap((number) => suggestionsOf(experiment, number, number + 1));
}

async function statuses(storage: Storage, experiment: Experiment): Promise<string[]> {
  const trials = await storage.getTrials(experiment);
  return trials.map(({ number, status }) => `${String(number)} ${status}`);
}

export function claimAheadTests({ test, expect }: StorageTests): void {
  test("trials are registered and reserved ahead of the cursor, once, in the order given", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(10));
    const ahead = trialsOf(experiment, [7, 4]);
    const { found, claimed } = await storage.claimAhead(experiment, ahead, all);
    expect(found).toEqual([undefined, undefined]);
    expect(numbersOf(claimed)).toEqual([7, 4]);
    expect(await storage.renewLeases(claimed)).toEqual([true, true]);
    const again = await storage.claimAhead(experiment, ahead, all);
    const held = { status: "reserved", isOpen: false };
    expect(again).toEqual({ found: [held, held], claimed: [] });
    expect((await storage.readCursor(experiment)).position).toBe(0);
    await registerGrid(storage, experiment);
    expect(await storage.countTrials(experiment)).toBe(10);
    expect(await storage.countTrials(experiment, "reserved")).toBe(2);
  });

  test("what is open is claimed, and the rest is left as it is and told", async (storage) => {
    const experiment = await storedGrid(storage, 5);
    await trialIn(storage, experiment, "completed");
    await trialIn(storage, experiment, "broken");
    await trialIn(storage, experiment, "interrupted");
    await storage.claimTrialsById((await storage.getTrialIds(experiment)).slice(4), "other");
    const before = await statuses(storage, experiment);
    const { found, claimed } = await storage.claimAhead(experiment, suggestionsOf(experiment), all);
    expect(found).toEqual([
      { status: "completed", isOpen: false },
      { status: "broken", isOpen: false },
      { status: "interrupted", isOpen: true },
      { status: "new", isOpen: true },
      { status: "reserved", isOpen: false },
    ]);
    expect(numbersOf(claimed)).toEqual([2, 3]);
    expect(claimed[0]).toMatchObject({ attempt: 1, superseded: { status: "interrupted" } });
    expect(await storage.renewLeases(claimed)).toEqual([true, true]);
    expect(await statuses(storage, experiment)).toEqual(
      before.map((line) => line.replace(/^([23]) .*/, "$1 reserved")),
    );
  });

  test("it ends where the limit of claims is reached, behind what cannot be claimed", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(9));
    await storage.registerTrial(experiment, { x: 1, fixed: "constant" }, { results });
    await storage.registerTrial(experiment, { x: 3, fixed: "constant" }, { results });
    const options = { holder: "holder", limit: 2 };
    const first = await storage.claimAhead(experiment, suggestionsOf(experiment), options);
    expect(numbersOf(first.claimed)).toEqual([0, 2]);
    expect(first.found.length).toBe(4);
    const second = await storage.claimAhead(experiment, suggestionsOf(experiment, 4), options);
    expect(numbersOf(second.claimed)).toEqual([4, 5]);
    expect(second.found).toEqual([undefined, undefined]);
  });

  test("it ends before the first trial that maxTrials has no place for", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(10));
    await storage.registerTrial(experiment, { x: 4, fixed: "constant" }, { results });
    const options = { ...all, maxTrials: 3 };
    const ahead = suggestionsOf(experiment, 3, 8);
    const { found, claimed } = await storage.claimAhead(experiment, ahead, options);
    expect(numbersOf(claimed)).toEqual([3, 5]);
    expect(found.length).toBe(3);
    const rest = suggestionsOf(experiment, 6, 8);
    expect(await storage.claimAhead(experiment, rest, options)).toEqual({ found: [], claimed: [] });
    await storage.setTrialStatus(claimed[0]!.id, "broken");
    const more = await storage.claimAhead(experiment, rest, options);
    expect(numbersOf(more.claimed)).toEqual([6]);
    expect(numbersOf(await storage.getTrials(experiment))).toEqual([3, 4, 5, 6]);
  });

  test("what is not on the grid is numbered behind it", async (storage) => {
    const space = createSpace({ x: choice([1, 2]) });
    const experiment = await storage.createExperiment({ name: "small", space });
    const outside = [5, 6].map((x) => ({ params: { x }, occurrence: 0 }));
    const { claimed } = await storage.claimAhead(experiment, outside, all);
    expect(numbersOf(claimed)).toEqual([2, 3]);
    expect((await storage.readCursor(experiment)).nextNumber).toBe(4);
  });

  test("of many that claim the same trials at a time each gets others", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(60));
    const handles = [storage, await again(), await again()];
    const claims = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const options = { holder: `holder ${String(i)}`, limit: 10, maxTrials: 50 };
        const handle = handles[i % 3] ?? storage;
        const got: ClaimedTrial[] = [];
        for (;;) {
          const ahead = suggestionsOf(experiment);
          const { claimed } = await handle.claimAhead(experiment, ahead, options);
          if (claimed.length === 0) return got;
          got.push(...claimed);
        }
      }),
    );
    const inOrder = Array.from({ length: 50 }, (_, i) => i);
    expect(numbersOf(claims.flat()).sort((a, b) => a - b)).toEqual(inOrder);
    expect(await storage.renewLeases(claims.flat())).toEqual(inOrder.map(() => true));
  });

  test("a trial whose lease is over is taken over", async (_, again) => {
    const storage = await again(briefLease);
    const experiment = await storedGrid(storage, 1);
    const lost = await reserved(storage, experiment, "elsewhere");
    const { claimed } = await storage.claimAhead(experiment, suggestionsOf(experiment), all);
    expect(claimed[0]).toMatchObject({ id: lost.id, token: lost.token + 1, losses: 1 });
  });

  test("states are told of the trials that are registered", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const { id } = await trialIn(storage, experiment, "pruned");
    const open = (await storage.getTrialIds(experiment))[1] ?? "";
    const states = await storage.trialStates([open, id, "0".repeat(32)]);
    expect(states.size).toBe(2);
    expect(states.get(id)).toEqual({ status: "pruned", isOpen: false });
    expect(states.get(open)).toEqual({ status: "new", isOpen: true });
  });

  test("nothing is claimed of a deleted experiment", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(4));
    await storage.deleteExperiment(experiment);
    const ahead = suggestionsOf(experiment);
    await expect(storage.claimAhead(experiment, ahead, all)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
}
