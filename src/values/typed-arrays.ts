import { endianness } from "node:os";

/** Every typed array that can be stored, but for Uint8Array, which is stored as bytes. */
export type TypedArrayName =
  | "Int8Array"
  | "Uint8ClampedArray"
  | "Int16Array"
  | "Uint16Array"
  | "Int32Array"
  | "Uint32Array"
  | "Float32Array"
  | "Float64Array"
  | "BigInt64Array"
  | "BigUint64Array";

interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): NodeJS.TypedArray;
}

const typedArrays: Readonly<Record<TypedArrayName, TypedArrayClass>> = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

export function isTypedArrayName(name: unknown): name is TypedArrayName {
  return typeof name === "string" && Object.hasOwn(typedArrays, name);
}

/** The elements as bytes, little endian on every machine. */
export function toLittleEndian(array: NodeJS.TypedArray): Buffer {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return endianness() === "LE" ? bytes : Buffer.from(swapped(bytes, array.BYTES_PER_ELEMENT));
}

/** The inverse of `toLittleEndian`, or undefined when the bytes end within an element. */
export function fromLittleEndian(
  name: TypedArrayName,
  bytes: Uint8Array,
): NodeJS.TypedArray | undefined {
  const type = typedArrays[name];
  const width = type.BYTES_PER_ELEMENT;
  if (bytes.length % width !== 0) return undefined;
  // A copy in any case: the bytes may lie unaligned in a pool that others share.
  const own = endianness() === "LE" ? new Uint8Array(bytes) : swapped(bytes, width);
  return new type(own.buffer);
}

/** A copy in which the bytes of each element are in the opposite order. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  for (let i = 0; i < copy.length; i += width) copy.subarray(i, i + width).reverse();
  return copy;
}
