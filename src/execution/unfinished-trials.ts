import type { Experiment } from "../model/experiment.ts";
import { isFinished } from "../model/transitions.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { Storage } from "../storage/storage.ts";

/** The states of this many trials are read at a time. */
const batchSize = 1000;

/** Whose trials they are, and what a run may do with them. */
export interface RunContext {
  readonly storage: Storage;
  readonly experiment: Experiment;
  readonly holder: string;
  readonly maxTrials: number;
}

/**
 * The trials of a run that are registered and not finished, wherever they are: held by others, given back,
 * or held by the run itself, which may lose them yet. They are looked up when they are first asked for, and
 * again before the run ends, so that nothing that was reopened meanwhile is overlooked.
 */
export class UnfinishedTrials {
  readonly #run: RunContext;
  readonly #find: () => AsyncIterable<string>;
  #ids: Set<string> | undefined;

  /** @param find the ids of all trials of the run that are not finished now */
  constructor(run: RunContext, find: () => AsyncIterable<string>) {
    this.#run = run;
    this.#find = find;
  }

  /** Adds trials that were claimed after the others were looked up. */
  add(trials: readonly ClaimedTrial[]): void {
    for (const { id } of trials) this.#ids?.add(id);
  }

  /** Claims up to `limit` of them; fewer when no more are open now, or `maxTrials` has no place for them. */
  async claim(limit: number): Promise<ClaimedTrial[]> {
    const { storage, holder, maxTrials } = this.#run;
    const ids = (this.#ids ??= await this.#lookUp());
    const open = await this.#openOf(ids);
    if (open.length === 0) return [];
    return await storage.claimTrialsById(open.slice(0, limit), holder, { maxTrials });
  }

  /**
   * Whether any of them may yet be run here, after those of processes that are gone came free: it is held, or
   * open. Those that a limit has no place for wait only for what others may yet give up.
   */
  async isAwaited(): Promise<boolean> {
    const { storage, experiment, maxTrials } = this.#run;
    await storage.releaseGoneHolders(experiment);
    if (this.#ids !== undefined && (await this.#isAnyHeld(this.#ids))) return true;
    this.#ids = await this.#lookUp();
    if (this.#ids.size === 0) return false;
    if ((await storage.countClaimable(experiment, maxTrials)) > 0) return true;
    return (await storage.countTrials(experiment, "reserved")) > 0;
  }

  async #isAnyHeld(ids: Set<string>): Promise<boolean> {
    const open = await this.#openOf(ids);
    return ids.size > open.length;
  }

  async #lookUp(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const id of this.#find()) ids.add(id);
    return ids;
  }

  /** Those that can be claimed now. Forgets those that are finished. */
  async #openOf(ids: Set<string>): Promise<string[]> {
    const all = [...ids];
    const open: string[] = [];
    for (let from = 0; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      const states = await this.#run.storage.trialStates(batch);
      for (const id of batch) {
        const state = states.get(id);
        if (state === undefined || isFinished(state.status)) ids.delete(id);
        else if (state.isOpen) open.push(id);
      }
    }
    return open;
  }
}
