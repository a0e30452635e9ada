import { isBetter, type Objective } from "../model/objective.ts";

/** The trial that a worker runs, and for how long. */
export interface WorkerActivity {
  readonly number: number;
  readonly sinceMs: number;
}

/** How far a run is. */
export interface Progress {
  /** How many trials this run will have seen when all are done; null while that is not known. */
  readonly total: number | null;
  /** Completed before this run. */
  readonly skipped: number;
  readonly completed: number;
  readonly broken: number;
  readonly pruned: number;
  readonly interrupted: number;
  readonly running: number;
  /** What each worker runs; null for one that runs nothing. */
  readonly workers: readonly (WorkerActivity | null)[];
  readonly elapsedMs: number;
  /** Trials that ended a second, lately; null before the first. */
  readonly ratePerSecond: number | null;
  readonly etaMs: number | null;
  readonly best: { readonly number: number; readonly name: string; readonly value: number } | null;
  readonly isOver: boolean;
}

/** The trials that a run is about. A run may come to know them better while it goes on. */
export interface RunScope {
  /** How many there are: completed ones, and those that may yet be; null while that is not known. */
  readonly total: number | null;
  /** How many there would be without a limit, of which another one is run for each that breaks. Default: `total`. */
  readonly most?: number;
  /** How many of them were completed before. */
  readonly skipped: number;
  /** How many of those that the run might have run broke before, and stay so. */
  readonly leftBroken: number;
}

/** The rate is that of the last this many milliseconds or so, if enough trials ended in them to tell. */
const rateWindowMs = 5000;
const enoughToTell = 5;

/** Counts what a run does, in constant memory. */
export class ProgressTracker {
  readonly #scope: RunScope;
  readonly #objective: Objective | undefined;
  readonly #workers: () => Progress["workers"];
  readonly #startedAt = performance.now();
  readonly counts = { completed: 0, broken: 0, pruned: 0, interrupted: 0 };
  running = 0;
  isOver = false;
  #best: Progress["best"] = null;
  #marks: { readonly at: number; readonly ended: number }[] = [];

  /** @param workers tells what each worker runs now */
  constructor(
    scope: RunScope,
    objective: Objective | undefined,
    workers: () => Progress["workers"] = () => [],
  ) {
    this.#scope = scope;
    this.#objective = objective;
    this.#workers = workers;
  }

  get skipped(): number {
    return this.#scope.skipped;
  }

  get ended(): number {
    const { completed, broken, pruned } = this.counts;
    return completed + broken + pruned;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Takes a value of the objective into account. */
  offer(number: number, value: number): void {
    const objective = this.#objective;
    if (objective === undefined) return;
    const { name, direction } = objective;
    if (this.#best === null || isBetter(direction, value, this.#best.value)) {
      this.#best = { number, name, value };
    }
  }

  snapshot(): Progress {
    const elapsedMs = this.elapsedMs;
    const ratePerSecond = this.#rate(elapsedMs);
    const { skipped } = this.#scope;
    const total = this.#total;
    const left = total === null ? null : total - skipped - this.ended;
    const etaMs =
      left === null || ratePerSecond === null ? null : (Math.max(0, left) / ratePerSecond) * 1000;
    return {
      total,
      skipped,
      ...this.counts,
      running: this.running,
      workers: this.#workers(),
      elapsedMs,
      ratePerSecond,
      etaMs,
      best: this.#best,
      isOver: this.isOver,
    };
  }

  get #total(): number | null {
    const { total, most = total } = this.#scope;
    return total === null || most === null ? total : Math.min(most, total + this.counts.broken);
  }

  #rate(at: number): number | null {
    const { ended } = this;
    if (ended === 0) return null;
    const last = this.#marks.at(-1);
    if (last === undefined || at - last.at > rateWindowMs / 10) this.#marks.push({ at, ended });
    while (this.#marks.length > 1 && at - (this.#marks[0]?.at ?? 0) > rateWindowMs) {
      this.#marks.shift();
    }
    const first = this.#marks[0];
    if (first !== undefined && ended - first.ended >= enoughToTell) {
      return ((ended - first.ended) / (at - first.at)) * 1000;
    }
    return (ended / at) * 1000;
  }
}
