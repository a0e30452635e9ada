import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalText, hashText, hashValue, shortHash } from "./canonical.ts";
import { decodeValue } from "./decode.ts";
import { encodeValue } from "./encode.ts";
import { storableValues } from "../../test/support/storable-values.ts";

/** The same value with the keys of every plain object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, reversed);
  if (value instanceof Map)
    return new Map(Array.from(value, ([k, v]) => [reversed(k), reversed(v)]));
  if (value instanceof Set) return new Set(Array.from(value, reversed).reverse());
  if (Object.prototype.toString.call(value) !== "[object Object]") return value;
  const entries = Object.entries(Object(value)).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

describe("the canonical text", () => {
  test("does not depend on the order of keys and of sets, on any level", () => {
    fc.assert(
      fc.property(storableValues, (value) => {
        expect(canonicalText(reversed(value))).toBe(canonicalText(value));
      }),
      { numRuns: 500 },
    );
  });

  test("survives storing", () => {
    fc.assert(
      fc.property(storableValues, (value) => {
        expect(canonicalText(decodeValue(encodeValue(value)))).toBe(canonicalText(value));
        expect(canonicalText(decodeValue(canonicalText(value)))).toBe(canonicalText(value));
      }),
      { numRuns: 500 },
    );
  });

  test("sorts keys by UTF-16 code units", () => {
    expect(canonicalText({ b: 1, a: { d: [2], C: "x" }, "10": 0, "9": 0, é: 1 })).toBe(
      '{"10":0,"9":0,"a":{"C":"x","d":[2]},"b":1,"é":1}',
    );
    expect(canonicalText({ $b: 1, $a: 2 })).toBe('{"$object":[["$a",2],["$b",1]]}');
  });

  test("differs for values that look alike", () => {
    const alike = [
      1,
      1n,
      "1",
      [1],
      new Set([1]),
      { 0: 1 },
      true,
      null,
      "null",
      undefined,
      {},
      [],
      0,
      -0,
    ];
    expect(new Set(alike.map(canonicalText)).size).toBe(alike.length);
  });

  test("takes the order of a map as part of its value", () => {
    const pairs: [string, number][] = [
      ["a", 1],
      ["b", 2],
    ];
    expect(canonicalText(new Map(pairs))).not.toBe(canonicalText(new Map(pairs.toReversed())));
  });
});

describe("hashes", () => {
  test("are SHA-256 of UTF-8", () => {
    const expected = createHash("sha256").update("pïnguin", "utf8").digest("hex");
    expect(hashText("pïnguin")).toBe(expected);
    expect(shortHash("pïnguin")).toBe(expected.slice(0, 32));
  });

  test("of values are those of their canonical text, and stay what they are across releases", () => {
    expect(hashValue({ b: 1, a: NaN })).toBe(hashText('{"a":{"$number":"NaN"},"b":1}'));
    expect(hashValue({ learningRate: 0.1, hidden: 8 })).toBe(
      createHash("sha256").update('{"hidden":8,"learningRate":0.1}').digest("hex"),
    );
  });
});
