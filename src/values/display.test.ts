import fc from "fast-check";
import { expect, test } from "vitest";
import { toDisplay } from "./display.ts";
import { storableValues } from "../../test/support/storable-values.ts";

test.each([
  [
    [NaN, Infinity, -Infinity],
    ["NaN", "Infinity", "-Infinity"],
  ],
  [2n ** 70n, "1180591620717411303424"],
  [new Float32Array([1, NaN]), [1, "NaN"]],
  [new BigInt64Array([1n]), ["1"]],
  [new Uint8Array([1, 2]), [1, 2]],
  [new Uint8Array([1, 2]).buffer, [1, 2]],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Date(NaN), null],
  [new Map([["a", 1n]]), { a: "1" }],
  [
    new Map<unknown, unknown>([
      [1, "x"],
      ["a", NaN],
    ]),
    [
      [1, "x"],
      ["a", "NaN"],
    ],
  ],
  [new Set([1, 2]), [1, 2]],
  [{ a: undefined, b: [undefined] }, { b: [null] }],
  [undefined, null],
])("--json prints %o readably", (value, shown) => {
  expect(toDisplay(value)).toStrictEqual(shown);
});

test("-0 is shown as 0", () => {
  expect(Object.is(toDisplay(-0), 0)).toBe(true);
});

test("everything that can be stored is shown as plain JSON", () => {
  fc.assert(
    fc.property(storableValues, (value) => {
      const shown = toDisplay(value);
      expect(JSON.parse(JSON.stringify(shown))).toStrictEqual(shown);
    }),
    { numRuns: 500 },
  );
});

test("a key __proto__ is shown, not obeyed", () => {
  expect(JSON.stringify(toDisplay(JSON.parse('{"__proto__":{"a":1}}')))).toBe(
    '{"__proto__":{"a":1}}',
  );
});
