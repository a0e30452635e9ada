import fc from "fast-check";

const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 5e-324),
);

// Any UTF-16 units: lone surrogates and NUL with them.
const strings = fc.oneof(
  fc.string(),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom("\0", "\ud800", "a\udc00b", "😀", "$date"),
);

const keys = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom("__proto__", "$date", "$number", "$object", "$", "toString", "toJSON", "a\0"),
);

const typedArrays = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);

/** Any value that can be stored, of every kind and nested. For tests. */
export const storableValues: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false),
    numbers,
    strings,
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    typedArrays,
    fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 4, noNullPrototype: false }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;
