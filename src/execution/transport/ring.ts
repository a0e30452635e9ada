/*
 * A pipe between two threads: a ring of bytes in shared memory. A write is done when it returns, so what a
 * thread said before it was ended, or ran out of memory, is heard; and a thread that says more than is
 * taken from it waits. The reader is woken only when it has found the ring empty, so that under load one
 * wake-up serves many writes.
 */

/** Places in the header; the bytes follow it. */
const read = 0;
const written = 1;
const readerSleeps = 2;
const writerWaits = 3;
const headerBytes = 16;
/** A power of two, so that positions may wrap at 2^32. */
const capacity = 256 * 1024;

/** The memory of a ring, to be given to both sides. */
export function createRing(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(headerBytes + capacity);
  new Int32Array(memory, 0, 4)[readerSleeps] = 1;
  return memory;
}

/** The side of a thread that may wait: a worker's. */
export class RingWriter {
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #wake: () => void;

  /** @param wake has the reader's thread call `read`; called after a write that found the reader asleep */
  constructor(memory: SharedArrayBuffer, wake: () => void) {
    this.#header = new Int32Array(memory, 0, 4);
    this.#bytes = new Uint8Array(memory, headerBytes);
    this.#wake = wake;
  }

  /** Writes all of it; waits while the ring is full. */
  write(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      const size = this.#writeSome(rest);
      rest = rest.subarray(size);
      if (Atomics.exchange(this.#header, readerSleeps, 0) === 1) this.#wake();
    }
  }

  #writeSome(bytes: Uint8Array): number {
    const header = this.#header;
    const end = Atomics.load(header, written);
    let start = Atomics.load(header, read);
    while (used(start, end) === capacity) {
      Atomics.store(header, writerWaits, 1);
      Atomics.wait(header, read, start);
      start = Atomics.load(header, read);
    }
    const at = end & (capacity - 1);
    const size = Math.min(bytes.length, capacity - used(start, end), capacity - at);
    this.#bytes.set(size === bytes.length ? bytes : bytes.subarray(0, size), at);
    Atomics.store(header, written, end + size);
    return size;
  }
}

/** The side of a thread that never waits. */
export class RingReader {
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, 4);
    this.#bytes = new Uint8Array(memory, headerBytes);
  }

  /** Takes out what is there: copies, in order. When it finds nothing more the next write wakes. */
  *read(): Generator<Buffer> {
    const header = this.#header;
    for (;;) {
      const start = Atomics.load(header, read);
      const end = Atomics.load(header, written);
      if (start === end) {
        if (Atomics.exchange(header, readerSleeps, 1) === 0) continue;
        // What was written between the look and the going to sleep has woken nobody.
        if (Atomics.load(header, written) === end) return;
        if (Atomics.exchange(header, readerSleeps, 0) === 0) return;
        continue;
      }
      const at = start & (capacity - 1);
      const size = Math.min(used(start, end), capacity - at);
      const bytes = Buffer.from(this.#bytes.subarray(at, at + size));
      Atomics.store(header, read, start + size);
      if (Atomics.exchange(header, writerWaits, 0) === 1) Atomics.notify(header, read);
      yield bytes;
    }
  }
}

function used(start: number, end: number): number {
  return (end - start) >>> 0;
}
