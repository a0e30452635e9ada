import fc from "fast-check";
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { isAssayError } from "../errors/assay-error.ts";
import { decodeValue } from "./decode.ts";
import { encodeValue } from "./encode.ts";
import { storableValues } from "../../test/support/storable-values.ts";

function roundTrip(value: unknown): unknown {
  return decodeValue(encodeValue(value));
}

/** The same value with null prototypes made ordinary and undefined properties left out. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, normal);
  if (value instanceof Map) return new Map(Array.from(value, ([k, v]) => [normal(k), normal(v)]));
  if (value instanceof Set) return new Set(Array.from(value, normal));
  if (typeof value !== "object" || value === null || !isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, normal(item)]));
}

function isRecord(value: object): boolean {
  return [null, Object.prototype].includes(Object.getPrototypeOf(value));
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function refusal(value: unknown, root?: string): { message: string; details: unknown } {
  const error = errorOf(() => encodeValue(value, root));
  if (!isAssayError(error)) throw new Error("an AssayError was expected", { cause: error });
  expect(error.code).toBe("INVALID_VALUE");
  return { message: error.message, details: error.details };
}

describe("a stored value", () => {
  test("comes back as it went in, whatever it is", () => {
    fc.assert(
      fc.property(storableValues, (value) => {
        expect(roundTrip(value)).toStrictEqual(normal(value));
      }),
      { numRuns: 1000 },
    );
  });

  test("is plain JSON where JSON can hold it, in the order of its keys", () => {
    const value = { b: [1, "é", null, true], a: { c: 0.1, B: -3 } };
    expect(encodeValue(value)).toBe(JSON.stringify(value));
    expect(encodeValue(Object.assign(Object.create(null), value))).toBe(JSON.stringify(value));
  });

  test.each([
    [NaN, '{"$number":"NaN"}'],
    [-Infinity, '{"$number":"-Infinity"}'],
    [-0, '{"$number":"-0"}'],
    [12345678901234567890n, '{"$bigint":"12345678901234567890"}'],
    [new Date(0), '{"$date":"1970-01-01T00:00:00.000Z"}'],
    [new Date(NaN), '{"$date":null}'],
    [new Uint8Array([1, 2]), '{"$bytes":"AQI="}'],
    [new Float64Array([1]), '{"$typed":["Float64Array","AAAAAAAA8D8="]}'],
    [new Uint8Array([1, 2]).buffer, '{"$buffer":"AQI="}'],
    [new Map([["a", 1]]), '{"$map":[["a",1]]}'],
    [new Set([1]), '{"$set":[1]}'],
    [undefined, '{"$undefined":true}'],
    ["\0", '{"$string":"AAA="}'],
    [{ $date: 1, b: 2 }, '{"$object":[["$date",1],["b",2]]}'],
  ])("of a kind that JSON lacks is tagged: %o", (value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(decodeValue(text)).toStrictEqual(value);
  });

  test("keeps holes and undefined items of arrays, and leaves out undefined properties", () => {
    expect(roundTrip([1, , undefined])).toStrictEqual([1, undefined, undefined]);
    expect(encodeValue({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(encodeValue({ a: undefined, b: NaN })).toBe('{"b":{"$number":"NaN"}}');
  });

  test("never sets a prototype", () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"x":1}');
    for (const back of [roundTrip(value), decodeValue('{"__proto__":{"a":{"$number":"NaN"}}}')]) {
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
      expect(Object.hasOwn(Object(back), "__proto__")).toBe(true);
    }
  });

  test("may come from another realm, and a view is stored without the rest of its buffer", () => {
    const foreign: unknown = vm.runInNewContext("({ a: [1, new Map([[1, new Date(5)]])] })");
    expect(roundTrip(foreign)).toStrictEqual({ a: [1, new Map([[1, new Date(5)]])] });
    expect(roundTrip(new Uint16Array([1, 2, 3]).subarray(1, 2))).toStrictEqual(
      new Uint16Array([2]),
    );
    expect(roundTrip(Buffer.from("hi"))).toStrictEqual(new Uint8Array([104, 105]));
  });

  test("is its own copy, not a window into a shared buffer", () => {
    const back = roundTrip({ a: new Uint8Array([1]), b: new Float32Array([1]) });
    expect(back).toMatchObject({
      a: { buffer: { byteLength: 1 } },
      b: { buffer: { byteLength: 4 } },
    });
  });
});

class Model {
  readonly weights: readonly number[] = [1];
}

describe("what cannot be stored is refused with its path", () => {
  test.each([
    [{ model: { predict: () => 1 } }, "Cannot store a function at results.model.predict"],
    [[{ a: Symbol("s") }], "Cannot store a symbol at results[0].a"],
    [
      { "my key": Promise.resolve() },
      'Cannot store a Promise (await it first) at results["my key"]',
    ],
    [new WeakMap(), "Cannot store a WeakMap at results"],
    [{ e: new Error("x") }, "Cannot store an Error at results.e"],
    [{ r: /x/ }, "Cannot store a RegExp at results.r"],
    [new Map([["k", [new URL("http://a")]]]), "Cannot store a URL at results.values()[0][0]"],
    [new Map([[{ f: parseInt }, 1]]), "Cannot store a function at results.keys()[0].f"],
    [new Set([1, new Model()]), "Cannot store a Model at results.values()[1]"],
    [[new SharedArrayBuffer(1)], "Cannot store a SharedArrayBuffer at results[0]"],
    [new DataView(new ArrayBuffer(1)), "Cannot store a DataView at results"],
    [Object.create({}), "Cannot store an Object at results"],
  ])("%o", (value, message) => {
    expect(refusal(value, "results").message).toBe(message);
  });

  test("also as data for programs", () => {
    expect(refusal({ model: { predict: () => 1 } }).details).toEqual({
      path: "value.model.predict",
      type: "function",
    });
  });

  test("when it contains itself", () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle["self"] = [cycle];
    expect(refusal(cycle).message).toBe("Cannot store a circular reference at value.self[0]");
  });

  test("but the same object may be there twice", () => {
    const shared = { x: NaN };
    expect(roundTrip([shared, shared])).toStrictEqual([{ x: NaN }, { x: NaN }]);
  });

  test.each([1_000, 2_000, 200_000])(
    "when it is more than 1000 deep: %i levels and one",
    (levels) => {
      for (const nest of nestings) {
        const { message } = refusal(nested(levels, nest));
        expect(message).toMatch(/^Cannot store more than 1000 levels of nesting at value/);
        expect(message.length).toBeLessThan(300);
      }
    },
  );

  test("but not when it is 1000 deep", () => {
    for (const nest of nestings) {
      const value = nested(999, nest);
      expect(encodeValue(roundTrip(value))).toBe(encodeValue(value));
    }
  });
});

const nestings: readonly ((inner: unknown) => unknown)[] = [
  (inner) => [inner],
  (inner) => ({ a: inner }),
  (inner) => ({ $a: inner }),
  (inner) => new Map([[inner, 1]]),
  (inner) => new Set([inner]),
];

function nested(levels: number, nest: (inner: unknown) => unknown): unknown {
  let value: unknown = [NaN];
  for (let i = 0; i < levels; i++) value = nest(value);
  return value;
}

describe("text that no value has", () => {
  test.each([
    "",
    "{",
    '{"$nothing":1}',
    '{"$number":"1"}',
    '{"$number":"NaN","a":1}',
    '{"$bigint":"1.5"}',
    '{"$bigint":5}',
    '{"$date":"yesterday"}',
    '{"$bytes":"A"}',
    '{"$bytes":"AQ!="}',
    '{"$bytes":[1]}',
    '{"$typed":["Float64Array","AQI="]}',
    '{"$typed":["Object","AQI="]}',
    '{"$typed":"Int8Array"}',
    '{"$map":[[1]]}',
    '{"$map":{}}',
    '{"$set":1}',
    '{"$undefined":false}',
    '{"$string":"AQ=="}',
    '{"$object":[[1,2]]}',
    '{"$content":{"sha256":"abc"}}',
    '{"$content":null}',
    `${"[".repeat(9_000)}{"$set":[]}${"]".repeat(9_000)}`,
  ])("is corrupt: %.40s", (text) => {
    expect(errorOf(() => decodeValue(text))).toMatchObject({ code: "CORRUPT" });
  });
});
