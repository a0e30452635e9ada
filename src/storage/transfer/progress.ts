import { setImmediate } from "node:timers/promises";
import type { SourceExperiment } from "./parts.ts";

/** How far a transfer is. */
export interface TransferProgress {
  /** `checking`: everything is looked at before anything is written. */
  readonly stage: "checking" | "moving";
  /** What is moved now, as `name` or `name@2`; empty while an archive is checked. */
  readonly experiment: string;
  /** Trials that were moved so far, and all that there are. */
  readonly trials: number;
  readonly total: number;
}

export type OnTransferProgress = (progress: TransferProgress) => void;

/** How a transfer is watched, and ended early. */
export interface TransferOptions {
  /** `name@2`, or `name` for all of its versions. Default: every experiment. */
  readonly names?: readonly string[];
  readonly onProgress?: OnTransferProgress;
  /** Ends it within a page of trials, with the signal's reason as its error. The same call goes on later. */
  readonly signal?: AbortSignal;
}

/** Counts what is moved, tells it, and ends it when it is to end. */
export class Tracker {
  readonly #onProgress: OnTransferProgress;
  readonly #signal: AbortSignal | undefined;
  readonly #total: number;
  #stage: TransferProgress["stage"] = "moving";
  #experiment = "";
  #trials = 0;

  constructor(
    { onProgress, signal }: Pick<TransferOptions, "onProgress" | "signal">,
    total: number,
  ) {
    this.#onProgress = onProgress ?? (() => undefined);
    this.#signal = signal;
    this.#total = total;
  }

  /**
   * Rejects when the transfer is to end. To be awaited between any two steps that may take long: between two
   * files of SQLite nothing else lets the process hear of it.
   */
  async goOn(): Promise<void> {
    if (this.#signal === undefined) return;
    await setImmediate();
    this.#signal.throwIfAborted();
  }

  begin(
    experiment: Pick<SourceExperiment, "name" | "version">,
    stage: TransferProgress["stage"] = "moving",
  ): void {
    this.#experiment = labelOf(experiment);
    this.#stage = stage;
    this.#tell();
  }

  advance(trials: number): void {
    this.#trials += trials;
    this.#tell();
  }

  #tell(): void {
    this.#onProgress({
      stage: this.#stage,
      experiment: this.#experiment,
      trials: this.#trials,
      total: this.#total,
    });
  }
}

export function sumTrials(experiments: readonly Pick<SourceExperiment, "trials">[]): number {
  return experiments.reduce((sum, { trials }) => sum + trials, 0);
}

/** `name`, or `name@2` for a version other than the first. */
export function labelOf({ name, version }: Pick<SourceExperiment, "name" | "version">): string {
  return version === 1 ? name : `${name}@${String(version)}`;
}
