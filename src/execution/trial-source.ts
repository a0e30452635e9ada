import type { Observation } from "../algorithms/algorithm.ts";
import type { Experiment } from "../model/experiment.ts";
import { isFinished } from "../model/transitions.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { Storage } from "../storage/storage.ts";
import type { Registrar } from "./registrar.ts";

/** Where a run gets its trials from. */
export interface TrialSource {
  /** Claims up to `limit` trials; fewer when no more are open now. */
  claim(limit: number): Promise<ClaimedTrial[]>;
  /** Hears of a trial that finished. */
  observe(observation: Observation): void;
  /** Whether other workers hold trials that this run would take over if they were lost. */
  isAwaited(): Promise<boolean>;
}

/** Everything of an experiment that is open: registered trials first, then what the algorithm suggests. */
export function openTrials(
  storage: Storage,
  experiment: Experiment,
  registrar: Registrar,
  holder: string,
  maxTrials: number,
): TrialSource {
  return {
    async claim(limit) {
      const claimed = await storage.claimTrials(experiment, holder, limit, { maxTrials });
      // One at a time: what is claimed already must not be lost by an error of the next step.
      if (claimed.length > 0) return claimed;
      for (;;) {
        const extension = await registrar.extend(limit, holder);
        if (extension.kind !== "registered") return [];
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

/** Given trials only, in their order; those that are finished are passed over. */
export function givenTrials(
  storage: Storage,
  experiment: Experiment,
  ids: readonly string[],
  holder: string,
  maxTrials: number,
): TrialSource {
  let waiting = [...ids];
  /** Claimed at least once. What was given back, or taken away and made new, has to be claimed again. */
  const handedOut = new Set<string>();
  return {
    async claim(limit) {
      const refused: string[] = [];
      let claimed: ClaimedTrial[] = [];
      while (claimed.length === 0 && waiting.length > 0) {
        const asked = waiting.splice(0, limit);
        claimed = await storage.claimTrialsById(asked, holder, { maxTrials });
        const got = new Set(claimed.map(({ id }) => id));
        for (const id of got) handedOut.add(id);
        refused.push(...asked.filter((id) => !got.has(id)));
      }
      waiting.push(...refused);
      return claimed;
    },

    observe() {
      // The trials were chosen before.
    },

    async isAwaited() {
      await storage.releaseGoneHolders(experiment);
      const unfinished = new Set<string>();
      for (const id of new Set([...waiting, ...handedOut])) {
        const trial = await storage.findTrial(id);
        if (trial !== undefined && !isFinished(trial.status)) unfinished.add(id);
        else handedOut.delete(id);
      }
      waiting = [...unfinished];
      if (unfinished.size === 0) return false;
      // Where a limit has no place for them, they wait only for what others may yet give up.
      if ((await storage.countClaimable(experiment, maxTrials)) > 0) return true;
      return (await storage.countTrials(experiment, "reserved")) > 0;
    },
  };
}
