/** A source of numbers that the same seed always repeats. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  next(): number;
}

/**
 * A 32-bit xorshift generator (Marsaglia, "Xorshift RNGs", 2003, triple 13, 17, 5).
 * `seed` and `stream` are integers; another stream of the same seed gives other numbers.
 */
export function createRandom(seed: number, stream = 0): Random {
  // Neighbouring seeds would start alike; two odd multipliers spread them over all bits.
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 8; warmUp++) next();
  return { next };
}

/** The integers 0 … count - 1 in random order (Fisher–Yates). */
export function shuffledIndices(count: number, random: Random): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const kept = indices[last] ?? last;
    indices[last] = indices[other] ?? other;
    indices[other] = kept;
  }
  return indices;
}
