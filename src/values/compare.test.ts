import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "./canonical.ts";
import { compareForSort, compareValues, equalValues } from "./compare.ts";
import { storableValues } from "../../test/support/storable-values.ts";

describe("equal values", () => {
  test("are those with the same canonical text", () => {
    fc.assert(
      fc.property(storableValues, storableValues, (a, b) => {
        expect(equalValues(a, b)).toBe(canonicalText(a) === canonicalText(b));
        expect(equalValues(a, structuredClone(a))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [NaN, NaN, true],
    [1, 1n, false],
    [1, "1", false],
    [0, -0, false],
    [null, undefined, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, {}, true],
    [new Date(5), new Date(5), true],
    [[1, 2], [2, 1], false],
  ])("%o and %o: %s", (a, b, equal) => {
    expect(equalValues(a, b)).toBe(equal);
  });
});

describe("values of one class", () => {
  test.each([
    [1, 2, -1],
    [2n ** 64n, 1e3, 1],
    [9007199254740993n, 9007199254740992, 1],
    [1, 1n, 0],
    [0, -0, 0],
    [-Infinity, -1e300, -1],
    ["a", "b", -1],
    ["a", "ab", -1],
    ["Z", "a", -1],
    ["\uffff", "😀", -1],
    [new Date(1), new Date(2), -1],
  ])("have an order: %o and %o", (a, b, sign) => {
    expect(Math.sign(compareValues(a, b) ?? NaN)).toBe(sign);
    expect(Math.sign(compareValues(b, a) ?? NaN)).toBe(sign === 0 ? 0 : -sign);
  });

  test.each([
    [1, "1"],
    [NaN, 1],
    [NaN, NaN],
    [true, false],
    [null, null],
    [undefined, 1],
    [[1], [2]],
    [new Date(NaN), new Date(0)],
    [new Date(0), 0],
  ])("or none: %o and %o", (a, b) => {
    expect(compareValues(a, b)).toBeUndefined();
  });

  test("strings are in the order of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareValues(a, b) ?? NaN)).toBe(expected);
      }),
    );
  });
});

describe("sorting mixed values", () => {
  test("goes by class, then by value", () => {
    const sorted = [
      undefined,
      null,
      false,
      true,
      -Infinity,
      -1,
      2n,
      3,
      Infinity,
      NaN,
      "",
      "a",
      "b",
      new Date(0),
      new Date(1),
      new Date(NaN),
      [1],
      [2],
      { a: 1 },
    ];
    // An array moves undefined to the end by itself, so each is wrapped.
    const shuffled = sorted.toReversed().map((value) => ({ value }));
    shuffled.sort((x, y) => compareForSort(x.value, y.value));
    expect(shuffled.map(({ value }) => value)).toEqual(sorted);
  });

  test("is a total order", () => {
    fc.assert(
      fc.property(storableValues, storableValues, storableValues, (a, b, c) => {
        expect(Math.sign(compareForSort(a, b)) + Math.sign(compareForSort(b, a))).toBe(0);
        if (compareForSort(a, b) <= 0 && compareForSort(b, c) <= 0) {
          expect(compareForSort(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
