import fc from "fast-check";
import { expect, test } from "vitest";
import { isBareText } from "./bare-text.ts";
import { decodeValue } from "./decode.ts";
import { encodeValue } from "./encode.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "binary-ascii", maxLength: 40 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
);

function isWrittenAsIs(text: string): boolean {
  return JSON.stringify(text) === `"${text}"` && /^[\0-\x7f]*$/.test(text);
}

test("a text is bare when JSON writes it as it is in ASCII, wherever in it a character is that it does not", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(isBareText(text)).toBe(isWrittenAsIs(text));
    }),
    { numRuns: 2000 },
  );
  for (let code = 0; code < 300; code += 1) {
    for (const place of [0, 1, 2, 3, 4, 5001]) {
      const text = `${"x".repeat(place)}${String.fromCharCode(code)}${"y".repeat(place % 3)}`;
      expect(isBareText(text)).toBe(isWrittenAsIs(text));
    }
  }
});

test("is not mistaken for what was looked at before", () => {
  expect(isBareText("\n".repeat(10_000))).toBe(false);
  expect(isBareText("x".repeat(4999))).toBe(true);
});

test("too long to be looked at is not bare, and is written all the same", () => {
  const text = "x".repeat(100_000);
  expect(isBareText(text)).toBe(false);
  expect(encodeValue({ text })).toBe(JSON.stringify({ text }));
});

test("long texts are written as JSON writes them, whatever is in them", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 70_000 }), (part, length) => {
      const text = "x".repeat(length) + part.repeat(3);
      const value = { a: 1, text, b: [text, undefined], ü: null };
      const encoded = encodeValue(value);
      expect(decodeValue(encoded)).toEqual(value);
      if (isWrittenAsIs(text)) {
        const { b: _, ...plain } = value;
        expect(encodeValue(plain)).toBe(JSON.stringify(plain));
      }
    }),
    { numRuns: 200 },
  );
});
