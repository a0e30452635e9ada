import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginningWithin, endWithin } from "./text-bytes.ts";

const texts = fc.string({ unit: "binary", maxLength: 40 });
const limits = fc.nat({ max: 60 });

describe("the beginning and the end of a text within some bytes", () => {
  test.each([
    ["abc", 2, "ab", "bc"],
    ["abc", 3, "abc", "abc"],
    ["abc", 9, "abc", "abc"],
    ["abc", 0, "", ""],
    ["", 4, "", ""],
    ["é😀é", 1, "", ""],
    ["é😀é", 5, "é", "é"],
    ["é😀é", 6, "é😀", "😀é"],
    ["\ud83da", 3, "\ud83d", "a"],
    ["\ud83da", 4, "\ud83da", "\ud83da"],
    ["a\ude00", 3, "a", "\ude00"],
  ])("%j within %d are %j and %j", (text, bytes, beginning, end) => {
    expect(text.slice(0, beginningWithin(text, bytes).length)).toBe(beginning);
    expect(endWithin(text, bytes).text).toBe(end);
  });

  test("are whole characters, as many as fit, and know their bytes", () => {
    fc.assert(
      fc.property(texts, limits, (text, limit) => {
        const size = Buffer.byteLength(text);
        const { length, bytes } = beginningWithin(text, limit);
        expect(bytes).toBe(Buffer.byteLength(text.slice(0, length)));
        const end = endWithin(text, limit);
        expect(end.bytes).toBe(Buffer.byteLength(end.text));
        expect(text.endsWith(end.text)).toBe(true);
        for (const taken of [bytes, end.bytes]) {
          expect(taken).toBeLessThanOrEqual(limit);
          // Less only by what one more character would have taken.
          expect(taken).toBeGreaterThan(Math.min(size, limit) - 4);
        }
      }),
    );
  });
});
