import type { Random } from "../util/random.ts";

/** A snapshot as a trial reads it. */
export interface TrialSnapshot<State = unknown> {
  readonly number: number;
  readonly label: string | null;
  readonly attempt: number;
  readonly createdAt: string;
  readonly state: State;
}

/**
 * What a trial's code is given besides its parameters; the same in every executor.
 * A call that is awaited resolves after its effect is committed. What is passed in is copied at the call.
 */
export interface TrialContext<Params = Readonly<Record<string, unknown>>, Store = unknown> {
  readonly id: string;
  /** Counts from 0 in the order of the space. */
  readonly number: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly params: Params;
  /** An integer from 0 to 2^53 − 1 that depends on the experiment's seed and the trial's number only. */
  readonly seed: number;
  /** A generator seeded with `seed`. Snapshots carry its state, and `latestSnapshot` puts it back. */
  readonly random: Random;
  /** Fires when the trial shall end: it ran into a limit, was interrupted, or belongs to another worker. */
  readonly signal: AbortSignal;
  /** What the experiment's `setup` returned. */
  readonly store: Store;
  /** A folder for the files of this trial, created when it is first asked for. */
  readonly directory: string;
  /** Reports the values of metrics, at a step if one is given. NaN and infinities are kept. */
  report(metrics: Readonly<Record<string, number>>, step?: number): PromiseLike<void>;
  /** Whether the trial should stop early. */
  shouldStop(): Promise<boolean>;
  /** Saves a state to continue from: anything that can be stored. Returns the snapshot's number, from 1. */
  saveSnapshot(state: unknown, label?: string): Promise<number>;
  /** The snapshot saved last, by this attempt or an earlier one. The metrics' series continue from there. */
  latestSnapshot<State = unknown>(): Promise<TrialSnapshot<State> | undefined>;
  /** All snapshots of the trial, newest first. */
  snapshots(): Promise<TrialSnapshot[]>;
  /** Keeps a named file or blob: bytes, or a text as UTF-8. */
  artifact(name: string, data: Uint8Array | string): Promise<void>;
  /** The committed results of another trial of any experiment; `NOT_FOUND` when it has none. */
  resultsOf<Results = Readonly<Record<string, unknown>>>(trialId: string): Promise<Results>;
  /** Writes a line to where the trial's output goes. */
  log(...values: readonly unknown[]): void;
}
