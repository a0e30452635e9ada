/** The longest time that a timer can be set to, in milliseconds; about 25 days. */
const longestTimerMs = 2 ** 31 - 1;

export interface TrialLimitOptions {
  /** How long a trial may take, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** How long a trial may go without a sign of progress, in milliseconds. */
  readonly noProgressTimeoutMs?: number | undefined;
}

/** The limits on the time of the trial that runs now. */
export class TrialLimits {
  readonly #options: TrialLimitOptions;
  readonly #onExceeded: (limit: "timeout" | "no progress") => void;
  #whole: NodeJS.Timeout | undefined;
  #progress: NodeJS.Timeout | undefined;

  constructor(options: TrialLimitOptions, onExceeded: (limit: "timeout" | "no progress") => void) {
    this.#options = options;
    this.#onExceeded = onExceeded;
  }

  /** A trial starts. */
  start(): void {
    const { timeoutMs, noProgressTimeoutMs } = this.#options;
    this.#whole = this.#timer(timeoutMs, "timeout");
    this.#progress = this.#timer(noProgressTimeoutMs, "no progress");
  }

  /** The trial reported, saved, asked or wrote something. */
  progressed(): void {
    this.#progress?.refresh();
  }

  stop(): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#progress);
    this.#progress = undefined;
  }

  #timer(ms: number | undefined, limit: "timeout" | "no progress"): NodeJS.Timeout | undefined {
    if (ms === undefined || ms > longestTimerMs) return undefined;
    return setTimeout(() => this.#onExceeded(limit), ms);
  }
}
