import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LongText } from "../../values/long-text.ts";
import { TextMemory } from "./text-memory.ts";

const long = (digit: string, size = 30_000): Buffer => Buffer.from(digit.repeat(size));

function memoryOf(text: LongText): ArrayBufferLike {
  if (typeof text.value === "string") throw new TypeError("The text is not kept as bytes");
  return text.value.buffer;
}

describe("the memory of long texts", () => {
  test("holds each as it was until it is released, in whatever order that happens", () => {
    const sizes = fc.integer({ min: 1, max: 100_000 });
    const releases = fc.array(fc.nat(), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(sizes, releases), { maxLength: 60 }), (steps) => {
        const memory = new TextMemory();
        const kept: { readonly text: LongText; readonly given: string }[] = [];
        for (const [i, [size, released]] of steps.entries()) {
          const given = String.fromCharCode(0x61 + (i % 26)).repeat(size);
          kept.push({ text: memory.keep(Buffer.from(given)), given });
          for (const place of released) kept.splice(place % kept.length, 1)[0]?.text.release();
          if (kept.length === 0) continue;
          expect(kept.every(({ text, given: same }) => text.toString() === same)).toBe(true);
        }
      }),
    );
  });

  test("is used again once all texts in it are released, and not before", () => {
    const memory = new TextMemory();
    const texts = Array.from("abcdefgh", (digit) => memory.keep(long(digit)));
    const [first] = texts.map(memoryOf);
    expect(texts.every((text) => memoryOf(text) === first)).toBe(true);
    const [last, ...others] = texts;
    for (const text of others) text.release();
    const next = Array.from("ijklmnop", (digit) => memory.keep(long(digit)));
    expect(next.some((text) => memoryOf(text) === first)).toBe(false);
    expect(last?.toString()).toBe("a".repeat(30_000));
    last?.release();
    const again = Array.from("qrstuvwx", (digit) => memory.keep(long(digit)));
    expect(again.some((text) => memoryOf(text) === first)).toBe(true);
  });

  test("is not shared by what is very long", () => {
    const memory = new TextMemory();
    const texts = ["a", "b"].map((digit) => memory.keep(long(digit, 100_000)));
    expect(new Set(texts.map(memoryOf)).size).toBe(2);
  });

  test("is not read by who comes too late", () => {
    const text = new TextMemory().keep(long("a"));
    text.release();
    expect(() => text.toString()).toThrow(new TypeError("A long text was read after its release"));
    expect(() => text.value).toThrow(TypeError);
    // Twice is as once.
    text.release();
  });
});
