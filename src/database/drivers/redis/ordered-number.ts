/**
 * A number as 8 bytes whose order is that of numbers: a double with its sign bit set, or with all bits inverted
 * where it is negative. 0 and -0 are the same, and NaN has none.
 */
export function toOrdered(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(number === 0 ? 0 : number);
  if (number < 0) for (let i = 0; i < 8; i += 1) bytes[i] = 255 - (bytes[i] ?? 0);
  else bytes[0] = (bytes[0] ?? 0) + 128;
  return bytes;
}

/** The number that 8 bytes of `toOrdered` are. */
export function fromOrdered(bytes: Buffer): number {
  const plain = Buffer.from(bytes);
  const first = plain[0] ?? 0;
  if (first < 128) for (let i = 0; i < 8; i += 1) plain[i] = 255 - (plain[i] ?? 0);
  else plain[0] = first - 128;
  return plain.readDoubleBE();
}
