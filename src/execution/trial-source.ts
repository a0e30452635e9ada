import type { Observation } from "../algorithms/algorithm.ts";
import type { Experiment } from "../model/experiment.ts";
import { isFinished } from "../model/transitions.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { Storage } from "../storage/storage.ts";
import type { Registrar } from "./registrar.ts";
import { UnfinishedTrials } from "./unfinished-trials.ts";

/** Where a run gets its trials from. */
export interface TrialSource {
  /** Claims up to `limit` trials; fewer when no more are open now. */
  claim(limit: number): Promise<ClaimedTrial[]>;
  /** Hears of a trial that finished. */
  observe(observation: Observation): void;
  /** Whether there are trials that this run may yet come to: others hold them, or may give up places for them. */
  isAwaited(): Promise<boolean>;
}

/** Where nothing was open, it is looked again after so long, or when nothing else is left. */
const emptyMs = 500;

/** Everything of an experiment that is open: registered trials first, then what the algorithm suggests. */
export function openTrials(
  storage: Storage,
  experiment: Experiment,
  registrar: Registrar,
  holder: string,
  maxTrials: number,
): TrialSource {
  let lookAgainAt = 0;
  async function claimOpen(limit: number): Promise<ClaimedTrial[]> {
    const claimed = await storage.claimTrials(experiment, holder, limit, { maxTrials });
    lookAgainAt = claimed.length > 0 ? 0 : performance.now() + emptyMs;
    return claimed;
  }

  return {
    async claim(limit) {
      const isLooking = performance.now() >= lookAgainAt;
      // One at a time: what is claimed already must not be lost by an error of the next step.
      const claimed = isLooking ? await claimOpen(limit) : [];
      if (claimed.length > 0) return claimed;
      for (;;) {
        const extension = await registrar.extend(limit, holder);
        if (extension.kind !== "registered") return isLooking ? [] : await claimOpen(limit);
        if (extension.claimed.length > 0) return [...extension.claimed];
      }
    },

    observe(observation) {
      registrar.observe(observation);
    },

    async isAwaited() {
      await storage.releaseGoneHolders(experiment);
      return (await storage.countTrials(experiment, "reserved")) > 0;
    },
  };
}

/** One trial only, as long as it is not finished. */
export function oneTrial(
  storage: Storage,
  experiment: Experiment,
  id: string,
  holder: string,
  maxTrials: number,
): TrialSource {
  const run = { storage, experiment, holder, maxTrials };
  const unfinished = new UnfinishedTrials(run, async function* () {
    const state = (await storage.trialStates([id])).get(id);
    if (state !== undefined && !isFinished(state.status)) yield id;
  });
  return {
    async claim(limit) {
      return await unfinished.claim(limit);
    },

    observe() {
      // The trial was chosen before.
    },

    isAwaited: async () => await unfinished.isAwaited(),
  };
}
