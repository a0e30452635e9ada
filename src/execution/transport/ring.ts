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
/**
 * Room for what a worker says while the coordinator commits: with large results it would often wait. Rings are
 * written all over in time, so where there are many each has less. Powers of two, so that positions may wrap at 2^32.
 */
const mostCapacity = 1 << 22;
const leastCapacity = 1 << 20;
const threadsWithMost = 2;

/** The memory of a ring, to be given to both sides. @param threads how many rings there are */
export function createRing(threads = 1): SharedArrayBuffer {
  const share = (mostCapacity * threadsWithMost) / Math.max(threadsWithMost, threads);
  const capacity = Math.max(leastCapacity, 2 ** Math.floor(Math.log2(share)));
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
      if (Atomics.exchange(this.#header, readerSleeps, 0) === 1) this.#wake();
      if (size === rest.length) return;
      rest = rest.subarray(size);
    }
  }

  /** Waits until all that was written is taken. */
  drain(): void {
    const end = Atomics.load(this.#header, written);
    for (;;) {
      const start = Atomics.load(this.#header, read);
      if (start === end) return;
      this.#waitForRoom(start);
    }
  }

  /** Waits until something is taken, unless it was since `start` was read. */
  #waitForRoom(start: number): void {
    Atomics.store(this.#header, writerWaits, 1);
    Atomics.wait(this.#header, read, start);
  }

  #writeSome(bytes: Uint8Array): number {
    const header = this.#header;
    const capacity = this.#bytes.length;
    const end = Atomics.load(header, written);
    let start = Atomics.load(header, read);
    while (used(start, end) === capacity) {
      this.#waitForRoom(start);
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
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, 4);
    this.#bytes = Buffer.from(memory, headerBytes);
  }

  /**
   * Takes out what is there, in order; the bytes are of use until `take` returns. Whether there may be more:
   * when there is none the next write wakes. Making room all at once wakes a waiting writer once.
   */
  read(take: (bytes: Buffer) => void): boolean {
    const header = this.#header;
    const start = Atomics.load(header, read);
    const end = Atomics.load(header, written);
    if (start === end) return !this.#sleep(end);
    const capacity = this.#bytes.length;
    const at = start & (capacity - 1);
    const size = used(start, end);
    const first = Math.min(size, capacity - at);
    take(this.#bytes.subarray(at, at + first));
    if (size > first) take(this.#bytes.subarray(0, size - first));
    Atomics.store(header, read, end);
    if (Atomics.exchange(header, writerWaits, 0) === 1) Atomics.notify(header, read);
    return true;
  }

  /** Goes to sleep, unless something was written between the look and that, which has woken nobody. */
  #sleep(end: number): boolean {
    Atomics.store(this.#header, readerSleeps, 1);
    if (Atomics.load(this.#header, written) === end) return true;
    return Atomics.exchange(this.#header, readerSleeps, 0) === 0;
  }
}

function used(start: number, end: number): number {
  return (end - start) >>> 0;
}
