import { setImmediate } from "node:timers/promises";
import type { Experiment } from "../model/experiment.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { unfinishedStatuses } from "../model/transitions.ts";
import type { Trial } from "../model/trial.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import type { AheadClaim } from "../storage/claim-ahead.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { TrialPage } from "../storage/trial-pages.ts";
import { drawnCandidates, gridCandidates, type Candidates } from "./candidates.ts";
import { NarrowedTally } from "./narrowed-tally.ts";
import type { RunScope } from "./progress.ts";
import type { TrialSource } from "./trial-source.ts";
import { UnfinishedTrials, type RunContext } from "./unfinished-trials.ts";

/** This many candidates are looked at in one step when nothing to run is found. */
const widestWindow = 1000;

export interface NarrowedRun extends RunContext {
  readonly narrowed: NarrowedSpace;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The trials with the values that `name=value` gives. First the narrowed grid, or draws, window by window:
 * what is absent is registered, what is open is claimed, what is finished is passed over, and nothing of it
 * is remembered. Then what is left unfinished of all stored trials with these values: it was held by others,
 * was given back, or was inserted outside of the grid.
 */
export class NarrowedTrials implements TrialSource {
  readonly #run: NarrowedRun;
  readonly #tally: NarrowedTally;
  readonly #candidates: Candidates;
  readonly #unfinished: UnfinishedTrials;
  /** Whether all that was stored is counted, so that what the candidates find is not counted again. */
  #isCounted: boolean;
  #isAtEnd = false;
  /** The place in the whole grid of the last candidate that was passed. */
  #passed = -1;

  private constructor(run: NarrowedRun, tally: NarrowedTally, isCounted: boolean) {
    const { experiment, narrowed } = run;
    this.#run = run;
    this.#tally = tally;
    this.#isCounted = isCounted;
    this.#candidates =
      narrowed.size === Infinity
        ? drawnCandidates(narrowed, experiment.seed, tally.known)
        : gridCandidates(narrowed);
    this.#unfinished = new UnfinishedTrials(run, () => unfinishedIds(run));
  }

  /**
   * Trials outside of the grid are numbered as they come: where a limit may end the run before it came to
   * all of them, those that are stored are counted first.
   */
  static async open(run: NarrowedRun): Promise<NarrowedTrials> {
    const { storage, experiment, narrowed, maxTrials } = run;
    const places = await storage.countPlaces(experiment, maxTrials);
    const tally = new NarrowedTally(narrowed.size, places);
    const isCounted = leavesGrid(narrowed) && maxTrials !== Infinity;
    if (isCounted) {
      const page = { after: lastOfGrid(experiment) };
      for await (const { status } of storedTrials(run, page)) tally.found(status);
    }
    return new NarrowedTrials(run, tally, isCounted);
  }

  /** How many trials there are, as far as the run has come to them. */
  get scope(): RunScope {
    return this.#tally;
  }

  async claim(limit: number): Promise<ClaimedTrial[]> {
    const claimed = await this.#claimCandidates(limit);
    this.#unfinished.add(claimed);
    if (claimed.length > 0 || this.#run.signal?.aborted === true) return claimed;
    await this.#countRest();
    return await this.#unfinished.claim(limit);
  }

  observe(): void {
    // Neither the grid nor the draws depend on what was found.
  }

  async isAwaited(): Promise<boolean> {
    return await this.#unfinished.isAwaited();
  }

  /** Claims of the next candidates of which any can be claimed; none at their end, or for want of places. */
  async #claimCandidates(limit: number): Promise<ClaimedTrial[]> {
    const { storage, experiment, maxTrials, holder, signal } = this.#run;
    for (let count = limit; signal?.aborted !== true; count = wider(count)) {
      const window = this.#candidates.next(count);
      this.#isAtEnd = window.length === 0;
      if (this.#isAtEnd) return [];
      const options = { holder, limit, maxTrials };
      const { found, claimed } = await storage.claimAhead(experiment, window, options);
      this.#pass(window.slice(0, found.length), found);
      if (claimed.length > 0 || found.length === 0) return [...claimed];
      // Nothing else gets a turn while a database answers in this thread.
      await setImmediate();
    }
    return [];
  }

  #pass(window: readonly Suggestion[], found: AheadClaim["found"]): void {
    const last = window.at(-1);
    if (last === undefined) return;
    const fresh = found.filter((state) => state === undefined).length;
    this.#candidates.pass(last.position, fresh);
    this.#passed = last.number ?? this.#passed;
    this.#tally.added(fresh);
    if (this.#isCounted) return;
    for (const state of found) if (state !== undefined) this.#tally.found(state.status);
  }

  /** Counts what lies behind the candidates that were passed, once they have come to an end. */
  async #countRest(): Promise<void> {
    this.#tally.close();
    if (this.#isCounted) return;
    this.#isCounted = true;
    const { experiment, narrowed } = this.#run;
    if (leavesGrid(narrowed)) return;
    const after = this.#isAtEnd ? lastOfGrid(experiment) : this.#passed;
    for await (const { status } of storedTrials(this.#run, { after })) {
      this.#tally.foundBesides(status);
    }
  }
}

function wider(count: number): number {
  return Math.max(count, Math.min(widestWindow, 4 * count));
}

function lastOfGrid({ total }: Experiment): number {
  return (total ?? 0) - 1;
}

/** Whether there are trials in a narrowed space that the whole grid lacks. */
function leavesGrid(narrowed: NarrowedSpace): boolean {
  if (narrowed.size === Infinity) return true;
  return [0, narrowed.size - 1].some((at) => narrowed.at(at).index === undefined);
}

/** The stored trials with the values of a narrowed run. */
async function* storedTrials(
  { storage, experiment, narrowed }: NarrowedRun,
  page: TrialPage,
): AsyncGenerator<Trial, void> {
  for await (const trial of storage.eachTrial(experiment, page)) {
    if (narrowed.matches(trial.params)) yield trial;
  }
}

/** Reserved ones are read twice: a trial may be given back and claimed again while the others are read. */
async function* unfinishedIds(run: NarrowedRun): AsyncGenerator<string, void> {
  for (const status of [...unfinishedStatuses, "reserved"]) {
    for await (const { id } of storedTrials(run, { where: { status } })) yield id;
  }
}
