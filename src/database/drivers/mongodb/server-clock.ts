/** How long what was learned of the server's time is used, in milliseconds. */
const freshMs = 1000;

/**
 * The server's time. Writes take it from the server itself, inside the operation; a query is given what it has
 * reached at least: what the server told last, and what has passed since by this process's monotonic clock.
 * So a lease is never over earlier than by the server's own clock.
 */
export class ServerClock {
  readonly #ask: () => Promise<number>;
  #told: { readonly ms: number; readonly at: number } | undefined;
  #asking: Promise<number> | undefined;

  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  /** The server's time as it is told now. */
  async now(): Promise<number> {
    const ms = await this.#ask();
    // Counted from the arrival of the answer, which is later than its time.
    this.#told = { ms, at: performance.now() };
    return ms;
  }

  /** A time that the server has reached, and less than a moment ago. */
  async atLeast(): Promise<number> {
    const told = this.#told;
    const passedMs = told === undefined ? Infinity : performance.now() - told.at;
    if (told !== undefined && passedMs < freshMs) return Math.floor(told.ms + passedMs);
    this.#asking ??= this.now().finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }
}
