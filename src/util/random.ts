import { hash } from "node:crypto";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A snapshot of a generator: four 32-bit integers, plain data that can be stored. */
export type RandomState = readonly number[];

/** A seeded generator of random numbers. The same seed gives the same numbers, everywhere. */
export interface Random {
  /** A number in [0, 1), one of 2^53 equally likely ones. */
  next(): number;
  /** A whole number from `low` to `high`, both included; the span is at most 2^53 numbers. */
  integer(low: number, high: number): number;
  /** A number of the normal distribution: mean 0 and deviation 1 unless told. */
  normal(mean?: number, deviation?: number): number;
  /** One of the items, each equally likely; RangeError when there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** The items in random order, as a new array. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Where the generator is now. */
  readonly state: RandomState;
  /** Goes back to a state. What is no state of a generator is a TypeError, and changes nothing. */
  restore(state: unknown): void;
}

/** A generator that starts from a seed: any number or text. */
export function createRandom(seed: number | string): Random {
  const digest = digestOf([seed]);
  return restoreRandom([0, 8, 16, 24].map((place) => bitsAt(digest, place, 32) | 0));
}

/** A generator that goes on from the `state` of another. What is no state is a TypeError. */
export function restoreRandom(state: unknown): Random {
  return new XoroshiroRandom(parseState(state));
}

/**
 * A seed made of another and a label, such as that of a trial made of its experiment's: a whole
 * number from 0 to 2^53 − 1, the first bits of a SHA-256. The labels 1 and "1" give two seeds.
 */
export function deriveSeed(seed: number, label: string | number): number {
  const digest = digestOf([seed, label]);
  return bitsAt(digest, 0, 32) * 2 ** 21 + (bitsAt(digest, 8, 24) >>> 3);
}

/** xoroshiro128+ of Blackman and Vigna (https://prng.di.unimi.it), whose low bits are left out. */
class XoroshiroRandom implements Random {
  #generator;

  constructor(state: RandomState) {
    this.#generator = xoroshiro128plusFromState(state);
  }

  get state(): RandomState {
    return this.#generator.getState();
  }

  restore(state: unknown): void {
    this.#generator = xoroshiro128plusFromState(parseState(state));
  }

  next(): number {
    return this.#bits53() / 2 ** 53;
  }

  integer(low: number, high: number): number {
    const span = high - low + 1;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || span < 1 || span > 2 ** 53) {
      throw new RangeError(`A random integer needs whole low ≤ high, got ${low} and ${high}`);
    }
    // Draws past the last whole multiple of the span would favour small numbers.
    const limit = 2 ** 53 - (2 ** 53 % span);
    let bits = this.#bits53();
    while (bits >= limit) bits = this.#bits53();
    return low + (bits % span);
  }

  normal(mean = 0, deviation = 1): number {
    // Box and Muller (1958); the second number of the pair is dropped, so that `state` is all.
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.next());
  }

  pick<Item>(items: readonly Item[]): Item {
    const index = items.length === 0 ? 0 : this.integer(0, items.length - 1);
    for (const item of items.slice(index, index + 1)) return item;
    throw new RangeError("There is nothing to pick from an empty list");
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, key: this.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  #bits53(): number {
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return high * 2 ** 26 + low;
  }
}

/**
 * A SHA-256 as hexadecimal digits: a Buffer would cost more than the hash. Types are part of its text, so
 * that 1 and "1" differ; numbers are texts, so that NaN is one.
 */
function digestOf(parts: readonly (string | number)[]): string {
  const texts = parts.map((part) =>
    typeof part === "number"
      ? `["number","${String(part)}"]`
      : `["string",${JSON.stringify(part)}]`,
  );
  return hash("sha256", `[${texts.join(",")}]`, "hex");
}

/** The number in some bits of a digest, from the digit at `place` on. */
function bitsAt(digest: string, place: number, bits: number): number {
  return Number.parseInt(digest.slice(place, place + bits / 4), 16);
}

function parseState(state: unknown): RandomState {
  const isState =
    Array.isArray(state) &&
    state.length === 4 &&
    state.every((word: unknown) => typeof word === "number" && (word | 0) === word) &&
    state.some((word) => word !== 0);
  if (isState) return state.map(Number);
  throw new TypeError("The state of a random generator is four 32-bit integers, not all 0");
}
