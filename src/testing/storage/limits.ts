import type { Experiment } from "../../model/experiment.ts";
import type { Suggestion } from "../../model/suggestion.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import type { Storage } from "../../storage/storage.ts";
import { createRandom } from "../../util/random.ts";
import {
  briefLease,
  gridSpec,
  numbersOf,
  reserved,
  results,
  storedGrid,
  suggestionsOf,
  trialIn,
} from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

/** A limit that is lower than the number of trials that are registered already. */
export function limitTests({ test, expect }: StorageTests): void {
  test("a limit leaves open trials behind it unclaimed", async (storage) => {
    const experiment = await storedGrid(storage, 10);
    await trialIn(storage, experiment, "completed");
    await trialIn(storage, experiment, "pruned");
    await trialIn(storage, experiment, "broken");
    const limit = { maxTrials: 5 };
    expect(await storage.countClaimable(experiment, 5)).toBe(3);
    const [first, ...others] = await storage.claimTrials(experiment, "holder", 9, limit);
    expect(numbersOf([first!, ...others])).toEqual([3, 4, 5]);
    expect(await storage.countClaimable(experiment, 5)).toBe(0);
    expect(await storage.claimTrials(experiment, "holder", 9, limit)).toEqual([]);
    await storage.setTrialStatus(first!.id, "broken");
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 9, limit))).toEqual([6]);
    expect((await storage.claimTrials(experiment, "holder", 9, { maxTrials: 10 })).length).toBe(3);
  });

  test("a limit that nothing is registered beyond leaves every open trial", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const limit = { maxTrials: 3 };
    expect(await storage.countClaimable(experiment, 3)).toBe(Infinity);
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 2, limit))).toEqual([0, 1]);
    expect(numbersOf(await storage.claimTrials(experiment, "holder", 2, limit))).toEqual([2]);
  });

  test("a limit holds for given trials, the first of them that are open", async (storage) => {
    const experiment = await storedGrid(storage, 6);
    await reserved(storage, experiment);
    const ids = await storage.getTrialIds(experiment);
    const wanted = [...ids].reverse();
    const limit = { maxTrials: 3 };
    expect(numbersOf(await storage.claimTrialsById(wanted, "holder", limit))).toEqual([5, 4]);
    expect(await storage.claimTrialsById(wanted, "holder", limit)).toEqual([]);
    expect(await storage.claimTrialsById(["0".repeat(32)], "holder", limit)).toEqual([]);
    const all = await storage.claimTrialsById(wanted, "holder", { maxTrials: 6 });
    expect(numbersOf(all)).toEqual([3, 2, 1]);
  });

  test("trials that were lost beyond a limit are not taken over, and hold no place", async (storage, again) => {
    const experiment = await storedGrid(storage, 6);
    const brief = await again(briefLease);
    const started = await reserved(brief, experiment);
    const lost = [started, ...(await brief.claimTrials(experiment, "lost", 4))];
    const limit = { maxTrials: 2 };
    const claims = await storage.claimTrials(experiment, "taker", 9, limit);
    expect(numbersOf(claims)).toEqual([0, 1]);
    expect(claims.map(({ losses }) => losses)).toEqual([1, 0]);
    expect(await storage.claimTrials(experiment, "taker", 9, limit)).toEqual([]);
    for (const claim of lost) {
      await expect(storage.pushTrialResults(experiment, claim, results)).rejects.toMatchObject({
        code: "LEASE_LOST",
      });
    }
    expect(await storage.countByStatus(experiment)).toMatchObject({ reserved: 2, new: 4 });
  });

  test("many who claim under a limit never exceed it together, and reach it", async (storage, again) => {
    const size = 60;
    const maxTrials = 20;
    const handles = [storage, await again(), await again()];
    for (let round = 0; round < 5; round += 1) {
      const name = `round ${String(round)}`;
      // In some rounds all trials are open, in others half of them, and others broke: there are places for new ones.
      const experiment =
        round % 2 === 0
          ? await storedGrid(storage, size, { name })
          : await halfBrokenGrid(storage, size, name);
      const ids = await storage.getTrialIds(experiment);
      const ahead = suggestionsOf(experiment);
      // Trials that somebody has, or that are completed. Who gives one back has it no more from then on.
      let taken = 0;
      let most = 0;
      const work = async (worker: number): Promise<void> => {
        const handle = handles[worker % 3] ?? storage;
        const random = createRandom(round * 100 + worker);
        while (!(await isOver(handle, experiment, maxTrials))) {
          const claims =
            worker % 2 === 0
              ? await handle.claimTrialsById(random.shuffle(ids), "holder", { maxTrials })
              : await claimAnyAhead(handle, experiment, random.shuffle(ahead), maxTrials);
          taken += claims.length;
          most = Math.max(most, taken);
          for (const claim of claims) {
            const share = random.next();
            if (share < 0.7) taken -= 1;
            if (share < 0.6) await handle.releaseTrial(claim, "new");
            else if (share < 0.7) await handle.releaseTrial(claim, "broken");
            else await handle.completeTrial(claim.id, results);
          }
        }
      };
      await Promise.all(Array.from({ length: 9 }, async (_, worker) => await work(worker)));
      expect(most).toBe(maxTrials);
      expect(await storage.countCompletedTrials(experiment)).toBe(maxTrials);
    }
  });
}

/** A grid of which half is registered, and a half of that broken. */
async function halfBrokenGrid(storage: Storage, size: number, name: string): Promise<Experiment> {
  const experiment = await storage.createExperiment(gridSpec(size, { name }));
  const cursor = await storage.readCursor(experiment);
  await storage.registerTrials(experiment, cursor, suggestionsOf(experiment, 0, size / 2));
  await storage.updateTrials(experiment, { status: "broken" }, { number: { $lt: size / 4 } });
  return experiment;
}

/** What can be claimed of a grid's trials, whether they are registered or not. */
async function claimAnyAhead(
  storage: Storage,
  experiment: Experiment,
  trials: readonly Suggestion[],
  maxTrials: number,
): Promise<readonly ClaimedTrial[]> {
  const options = { holder: "holder", limit: 8, maxTrials };
  return (await storage.claimAhead(experiment, trials, options)).claimed;
}

/** Whether nothing is held any more, and nothing is left that the limit admits. */
async function isOver(storage: Storage, experiment: Experiment, limit: number): Promise<boolean> {
  const { reserved: held, completed, broken, total } = await storage.countByStatus(experiment);
  return held === 0 && (completed >= limit || completed + broken === total);
}
