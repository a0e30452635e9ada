/** What is long enough that to convert it between characters and bytes costs more than to pass it on. */
export const longText = 4096;

/**
 * A long text on its way, as a string or as its UTF-8 bytes: who only passes it on need not know which. Plain: without
 * a NUL or a lone surrogate.
 */
export class LongText {
  readonly value: string | Uint8Array;

  constructor(value: string | Uint8Array) {
    this.value = value;
  }

  /** How many characters there are at most. */
  get size(): number {
    return this.value.length;
  }

  toString(): string {
    if (typeof this.value === "string") return this.value;
    const { buffer, byteOffset, length } = this.value;
    return Buffer.from(buffer, byteOffset, length).toString("utf8");
  }
}
