/** What is long enough that to convert it between characters and bytes costs more than to pass it on. */
export const longText = 4096;

/**
 * A long text on its way, as a string or as its UTF-8 bytes: who only passes it on need not know which. Plain: without
 * a NUL or a lone surrogate.
 */
export class LongText {
  #value: string | Uint8Array | undefined;
  #onRelease: (() => void) | undefined;

  /** @param onRelease hears that nobody reads it any more */
  constructor(value: string | Uint8Array, onRelease?: () => void) {
    this.#value = value;
    this.#onRelease = onRelease;
  }

  /** `TypeError` once it is released: there may be another text by then. */
  get value(): string | Uint8Array {
    if (this.#value === undefined) throw new TypeError("A long text was read after its release");
    return this.#value;
  }

  /** How many characters there are at most. */
  get size(): number {
    return this.value.length;
  }

  /** It is where it is kept, and its memory may be used for others. Once is enough. */
  release(): void {
    this.#value = undefined;
    this.#onRelease?.();
    this.#onRelease = undefined;
  }

  toString(): string {
    const { value } = this;
    if (typeof value === "string") return value;
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString("utf8");
  }
}
