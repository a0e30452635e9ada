/** Hexadecimal digits that are looked at: 52 bits, which a number holds exactly. */
const digits = 13;

/**
 * The number and the size of different contents. Of a hash only the first 52 bits are kept, so that a million
 * contents take tens of megabytes; with a million the odds that two of them are taken for one are 1 to 9,000.
 */
export class ContentSizes {
  readonly #seen = new Set<number>();
  #bytes = 0;

  add(sha256: string, bytes: number): void {
    const short = Number.parseInt(sha256.slice(0, digits), 16);
    if (this.#seen.has(short)) return;
    this.#seen.add(short);
    this.#bytes += bytes;
  }

  get count(): number {
    return this.#seen.size;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
