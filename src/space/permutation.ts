/**
 * The place of `index` in a random order of 0 … size − 1 that the seed chooses: a bijection,
 * computed from its three numbers alone.
 *
 * A Feistel network over the smallest power of two that holds `size`, walked until it lands inside
 * (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002, methods 2 and 3); fewer
 * than two steps on average. It is meant to look random, not to keep secrets.
 *
 * @param index whole, from 0 to size − 1
 * @param size whole, from 1 to 2^53
 * @param seed a whole number of up to 53 bits
 * @throws RangeError for numbers outside these
 */
export function permute(index: number, size: number, seed: number): number {
  if (!Number.isInteger(size) || size < 1 || size > 2 ** 53) {
    throw new RangeError(`A permutation has 1 to 2^53 elements, got ${size}`);
  }
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`Index ${index} is outside a permutation of ${size} elements`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`Seed ${seed} is not a whole number`);

  const bits = bitsFor(size);
  let place = index;
  do place = encrypt(place, bits, seed);
  while (place >= size);
  return place;
}

const rounds = 10;

/** Both halves change in turn; one of them is a bit longer where the number of bits is odd. */
function encrypt(value: number, bits: number, seed: number): number {
  const lowBits = Math.ceil(bits / 2);
  const lowSize = 2 ** lowBits;
  const highMask = 2 ** (bits - lowBits) - 1;
  const lowMask = lowSize - 1;
  const seedHigh = Math.floor(seed / 2 ** 32) | 0;
  const seedLow = seed | 0;

  let high = Math.floor(value / lowSize);
  let low = value - high * lowSize;
  for (let round = 0; round < rounds; round += 2) {
    high ^= mix(mix(low ^ seedLow) + mix(seedHigh + round)) & highMask;
    low ^= mix(mix(high ^ seedLow) + mix(seedHigh + round + 1)) & lowMask;
  }
  return high * lowSize + low;
}

function bitsFor(size: number): number {
  let bits = 0;
  while (2 ** bits < size) bits++;
  return bits;
}

/** The 32-bit finalizer of MurmurHash3 (Austin Appleby), on a number that is never its fixed 0. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
