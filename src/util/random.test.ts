import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { createRandom, deriveSeed, restoreRandom } from "./random.ts";

const draws = (random: { next(): number }, count: number): number[] =>
  Array.from({ length: count }, () => random.next());

describe("createRandom", () => {
  test("gives the same numbers for the same seed, and others for another", () => {
    expect(draws(createRandom(7), 5)).toEqual(draws(createRandom(7), 5));
    expect(draws(createRandom(7), 5)).not.toEqual(draws(createRandom(8), 5));
    expect(draws(createRandom("7"), 5)).not.toEqual(draws(createRandom(7), 5));
  });

  test("keeps to these numbers in every version, so that an old run can be repeated", () => {
    const random = createRandom(1);
    expect([random.next(), random.integer(1, 6), random.normal()]).toMatchInlineSnapshot(`
      [
        0.9589891984446767,
        2,
        -0.5562890268538153,
      ]
    `);
  });

  test("draws from [0, 1), with bits far behind the point", () => {
    const numbers = draws(createRandom(3), 20_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.some((number) => (number * 2 ** 53) % 2 === 1)).toBe(true);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(mean).toBeCloseTo(0.5, 1);
  });

  test("draws whole numbers with both bounds, each equally often", () => {
    const random = createRandom(4);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[random.integer(5, 7) - 5]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test("draws whole numbers from the widest span", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        fc.pre(high - low < 2 ** 53);
        const number = createRandom(a).integer(low, high);
        return Number.isSafeInteger(number) && number >= low && number <= high;
      }),
    );
    expect(() => createRandom(1).integer(2, 1)).toThrow(RangeError);
    expect(() => createRandom(1).integer(0.5, 2)).toThrow(RangeError);
  });

  test("draws normal numbers of the mean and deviation that are asked for", () => {
    const random = createRandom(5);
    const numbers = Array.from({ length: 20_000 }, () => random.normal(10, 2));
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    expect(Math.abs(mean - 10)).toBeLessThan(0.1);
    expect(Math.abs(Math.sqrt(variance) - 2)).toBeLessThan(0.1);
  });

  test("picks one of the items, and nothing from nothing", () => {
    const random = createRandom(6);
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(["a", undefined])));
    expect(picked).toEqual(new Set(["a", undefined]));
    expect(() => random.pick([])).toThrow(RangeError);
  });

  test("shuffles a copy", () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = createRandom(7).shuffle(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted()).toEqual(items);
  });
});

describe("the state of a generator", () => {
  test("continues after it was stored and read back", () => {
    const random = createRandom("seed");
    random.normal();
    const state = decodeValue(encodeValue(random.state));
    const next = draws(random, 4);
    expect(draws(restoreRandom(state), 4)).toEqual(next);
    random.restore(state);
    expect(draws(random, 4)).toEqual(next);
  });

  test.each([undefined, [], [1, 2, 3], [1, 2, 3, 0.5], [1, 2, 3, 2 ** 40], [0, 0, 0, 0], "1234"])(
    "is refused when it is %j",
    (state) => {
      const random = createRandom(1);
      const before = random.state;
      expect(() => random.restore(state)).toThrow(TypeError);
      expect(random.state).toEqual(before);
    },
  );
});

describe("deriveSeed", () => {
  test("is a whole number of up to 53 bits that depends on seed, label and the label's type", () => {
    const seeds = [deriveSeed(1, 0), deriveSeed(1, 1), deriveSeed(1, "1"), deriveSeed(2, 1)];
    expect(new Set(seeds).size).toBe(4);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
    expect(deriveSeed(1, "1")).toBe(deriveSeed(1, "1"));
  });

  test("keeps to these numbers in every version, so that an old run can be repeated", () => {
    expect(deriveSeed(1, 0)).toBe(1_273_535_119_600_651);
    expect(deriveSeed(2 ** 53 - 1, 'a "name" with ü')).toBe(7_407_083_686_978_213);
  });
});
