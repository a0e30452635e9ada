import fc from "fast-check";
import { expect, test } from "vitest";
import { compareValues } from "../values/compare.ts";
import { isId, leastIdFrom } from "./id-field.ts";

const ids = fc.string({
  unit: fc.constantFrom(...Array.from("0189af")),
  minLength: 32,
  maxLength: 32,
});

/** Texts near an id: cut, with one character changed, longer. */
const nearby = fc
  .tuple(
    ids,
    fc.nat(33),
    fc.oneof(fc.string({ maxLength: 1 }), fc.constantFrom(...Array.from("/0:9`afgF😀é"))),
  )
  .map(([id, length, end]) => id.slice(0, length) + end);

test("an id is 32 lower-case hexadecimal digits", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(isId(id)).toBe(true);
  for (const other of [id.toUpperCase(), id.slice(1), `${id}0`, `${id}\n`, `g${id.slice(1)}`, 1]) {
    expect(isId(other), String(other)).toBe(false);
  }
});

test("a range from a text holds the same ids as one from the least id that is not before it", () => {
  fc.assert(
    fc.property(fc.oneof(nearby, fc.string()), ids, fc.nat(32), (text, other, shared) => {
      const id = `${text.slice(0, shared).replaceAll(/[^0-9a-f]/g, "f")}${other}`.slice(0, 32);
      const least = leastIdFrom(text);
      if (least !== undefined) expect(isId(least)).toBe(true);
      const isFrom = (compareValues(id, text) ?? NaN) >= 0;
      expect(least !== undefined && id >= least).toBe(isFrom);
    }),
    { numRuns: 2000 },
  );
});

test("the least id is the text itself, or the first behind it", () => {
  const zeros = "0".repeat(31);
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["", `0${zeros}`],
    [`5${zeros}`, `5${zeros}`],
    [`5${zeros}0`, `5${zeros.slice(1)}1`],
    ["abc", "abc".padEnd(32, "0")],
    ["ab/", "ab".padEnd(32, "0")],
    ["ab:", "aba".padEnd(32, "0")],
    ["abF", "aba".padEnd(32, "0")],
    ["abg", "ac".padEnd(32, "0")],
    ["9ffg", "a".padEnd(32, "0")],
    ["ffg", undefined],
    [`${"f".repeat(32)}0`, undefined],
    ["x", undefined],
  ];
  for (const [text, least] of cases) expect(leastIdFrom(text), text).toBe(least);
});
