/** How often it is looked whether a worker that was given trials says anything. */
const lookMs = 1000;
/** So many looks in a row without a word are too many. */
const patience = 5;

export interface AnswerWatchOptions {
  /** Whether the worker was given trials and has yet to tell that it began one. */
  readonly isAwaited: () => boolean;
  /** Whether what keeps it may take as long as it likes. */
  readonly isExcused: () => Promise<boolean>;
  readonly onSilent: () => void;
}

/**
 * Notices a worker that was given trials and says nothing: it is stopped, or what an ended trial left blocks
 * it. Looks are counted and no time is measured, so that a coordinator that was stopped itself hears what was
 * said meanwhile before it judges.
 */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), lookMs);
    this.#timer.unref();
  }

  /** Whether it seems that nothing more should be given to the worker. */
  get isDoubtful(): boolean {
    return this.#looks > 1;
  }

  /** The worker said something. */
  heard(): void {
    this.#looks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { isAwaited, isExcused, onSilent } = this.#options;
    this.#looks = isAwaited() ? this.#looks + 1 : 0;
    if (this.#looks < patience || (await isExcused())) return;
    // It may have spoken in between.
    if (this.#looks < patience || !isAwaited()) return;
    this.#looks = 0;
    onSilent();
  }
}
