import { LongText } from "../../values/long-text.ts";

/** Long texts share memory of this size: to get a piece of memory for each takes about as long as the copy. */
const slabBytes = 1 << 18;
const mostShared = slabBytes / 8;
/** So many pieces stay for the next texts: what comes while a commit is made, and no more. */
const mostFree = 64;

interface Slab {
  readonly bytes: Buffer;
  /** How many bytes are taken. */
  used: number;
  /** How many texts in it may still be read. */
  texts: number;
}

/**
 * Where long texts are kept until they are released. Memory outside of the heap, of which V8 looks for what is unused
 * each time some megabytes were taken: so what was released is used again. What never is goes with its last text.
 */
export class TextMemory {
  #slab = newSlab();
  readonly #free: Slab[] = [];

  /** A text with a copy of these bytes. */
  keep(bytes: Buffer): LongText {
    if (bytes.length > mostShared) return new LongText(Buffer.from(bytes));
    if (this.#slab.used + bytes.length > slabBytes) this.#slab = this.#free.pop() ?? newSlab();
    const slab = this.#slab;
    const end = slab.used + bytes.length;
    const copy = slab.bytes.subarray(slab.used, end);
    // Of memory that threads share, `set` copies one word at a time.
    copy.fill(bytes);
    slab.used = end;
    slab.texts += 1;
    return new LongText(copy, () => this.#release(slab));
  }

  #release(slab: Slab): void {
    slab.texts -= 1;
    if (slab.texts > 0) return;
    slab.used = 0;
    if (slab !== this.#slab && this.#free.length < mostFree) this.#free.push(slab);
  }
}

function newSlab(): Slab {
  return { bytes: Buffer.allocUnsafeSlow(slabBytes), used: 0, texts: 0 };
}
