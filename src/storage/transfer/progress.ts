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

/** Counts what is moved, and tells it. */
export class Tracker {
  readonly #onProgress: OnTransferProgress;
  readonly #total: number;
  #stage: TransferProgress["stage"] = "moving";
  #experiment = "";
  #trials = 0;

  constructor(onProgress: OnTransferProgress | undefined, total: number) {
    this.#onProgress = onProgress ?? (() => undefined);
    this.#total = total;
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
