import { describe, expect, test } from "vitest";
import { permute } from "./permutation.ts";

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe("permute", () => {
  test("gives every place once, for every size up to 300 and some beyond", () => {
    for (const size of [...range(300).map((i) => i + 1), 1000, 1024, 1025, 4095, 65_537]) {
      const places = new Set(range(size).map((index) => permute(index, size, size * 31)));
      expect(places.size).toBe(size);
      expect(Math.max(...places)).toBe(size - 1);
      expect(Math.min(...places)).toBe(0);
    }
  });

  test("gives another order for another seed, also one that differs in its high bits only", () => {
    const orders = [1, 2, 2 ** 32 + 1, 2 ** 52 + 1, -1].map((seed) =>
      range(20)
        .map((index) => permute(index, 20, seed))
        .join(),
    );
    expect(new Set(orders).size).toBe(orders.length);
  });

  test.each([2, 3, 5, 8, 10])("brings each of %i places first about equally often", (size) => {
    const counts = range(size).map(() => 0);
    const seeds = 4000;
    for (const seed of range(seeds)) counts[permute(0, size, seed)]! += 1;
    for (const count of counts) {
      expect(Math.abs(count - seeds / size)).toBeLessThan(5 * Math.sqrt(seeds / size));
    }
  });

  test("does not keep neighbours together", () => {
    const size = 10_000;
    const places = range(size).map((index) => permute(index, size, 9));
    const steps = places.slice(1).map((place, index) => Math.abs(place - places[index]!));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    expect(Math.abs(mean - size / 3)).toBeLessThan(size / 30);
  });

  test("holds up to 2^53 places", () => {
    for (const size of [2 ** 53, 2 ** 53 - 1, 2 ** 40 + 1]) {
      const places = range(2000).map((index) => permute(size - 1 - index, size, 5));
      expect(new Set(places).size).toBe(2000);
      expect(places.every((place) => Number.isSafeInteger(place) && place >= 0)).toBe(true);
      expect(Math.max(...places)).toBeLessThan(size);
      expect(Math.max(...places)).toBeGreaterThan(size * 0.9);
    }
  });

  test("refuses what is outside", () => {
    expect(() => permute(3, 3, 1)).toThrow(RangeError);
    expect(() => permute(-1, 3, 1)).toThrow(RangeError);
    expect(() => permute(0.5, 3, 1)).toThrow(RangeError);
    expect(() => permute(0, 0, 1)).toThrow(RangeError);
    expect(() => permute(0, 2 ** 54, 1)).toThrow(RangeError);
    expect(() => permute(0, 3, 0.5)).toThrow(RangeError);
  });
});
