import { describe, expect, test } from "vitest";
import { createRandom } from "../util/random.ts";
import {
  choice,
  fidelity,
  integer,
  linspace,
  logUniform,
  matched,
  normal,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { type Dimension } from "./dimension.ts";
import { createSpace } from "./create-space.ts";

function draw(dimension: Dimension, count = 3000): unknown[] {
  const space = createSpace({ x: dimension });
  const random = createRandom(11);
  return Array.from({ length: count }, () => {
    const params = space.sample(random);
    expect(space.contains(params)).toBe(true);
    return params.x;
  });
}

const drawNumbers = (dimension: Dimension<number>, count?: number): number[] =>
  draw(dimension, count).map(Number);

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const digits = (number: number): number =>
  number.toExponential().split("e")[0]!.replace(/[-.]/g, "").length;

describe("sampling", () => {
  test("draws uniform numbers between the bounds, rounded to four digits", () => {
    const numbers = drawNumbers(uniform(-1, 3));
    expect(mean(numbers)).toBeCloseTo(1, 0);
    expect(Math.max(...numbers.map(digits))).toBe(4);
    expect(Math.max(...drawNumbers(uniform(-1, 3, { precision: 2 })).map(digits))).toBe(2);
    expect(
      Math.max(...drawNumbers(uniform(-1, 3, { precision: null })).map(digits)),
    ).toBeGreaterThan(14);
  });

  test("never rounds out of the bounds", () => {
    const numbers = drawNumbers(uniform(0.12345, 0.12355, { precision: 2 }));
    expect(new Set(numbers)).toEqual(new Set([0.12345]));
    expect(drawNumbers(uniform(-1e308, 1e308)).every(Number.isFinite)).toBe(true);
  });

  test("draws whole numbers with both bounds, equally often", () => {
    for (const dimension of [integer(0, 3), uniform(-0.5, 3.9, { discrete: true })]) {
      const numbers = drawNumbers(dimension);
      for (const value of [0, 1, 2, 3]) {
        expect(Math.abs(numbers.filter((x) => Object.is(x, value)).length - 750)).toBeLessThan(120);
      }
    }
  });

  test("draws logarithms equally often", () => {
    const numbers = drawNumbers(logUniform(1e-4, 1));
    for (const decade of [-4, -3, -2, -1]) {
      const inside = numbers.filter((x) => Math.floor(Math.log10(x)) === decade);
      expect(Math.abs(inside.length - 750)).toBeLessThan(120);
    }
    const whole = drawNumbers(integer(1, 100, { log: true }));
    expect(new Set(whole).has(1)).toBe(true);
    expect(whole.every(Number.isInteger)).toBe(true);
    expect(whole.filter((x) => x < 10).length).toBeGreaterThan(1200);
  });

  test("draws normal numbers, cut off where told, also far from the mean", () => {
    expect(Math.abs(mean(drawNumbers(normal(5, 2))) - 5)).toBeLessThan(0.2);
    // Means of the truncated normal distribution: (φ(a) − φ(b)) / (Φ(b) − Φ(a)).
    expect(mean(drawNumbers(normal(0, 1, { low: 0 })))).toBeCloseTo(0.798, 1);
    expect(mean(drawNumbers(normal(0, 1, { low: -0.5, high: 1 })))).toBeCloseTo(0.207, 1);
    expect(mean(drawNumbers(normal(0, 1, { high: -3 })))).toBeCloseTo(-3.283, 1);
    expect(mean(drawNumbers(normal(0, 1, { low: 3, high: 3.1 })))).toBeCloseTo(3.047, 1);
    expect(drawNumbers(normal(0, 1, { low: 1e10, high: 2e10 }), 5)).toEqual(Array(5).fill(1e10));
  });

  test("draws whole normal numbers", () => {
    const numbers = drawNumbers(normal(0, 1.5, { discrete: true, low: -2, high: 2 }));
    expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect(numbers.some((number) => Object.is(number, -0))).toBe(false);
  });

  test("draws nested arrays of a shape", () => {
    const [sample] = draw(uniform(0, 1, { shape: [2, 3] }), 1) as number[][][];
    expect(sample!.map((row) => row.length)).toEqual([3, 3]);
    expect(new Set(sample!.flat()).size).toBe(6);
    expect(draw(normal(0, 1, { shape: 2 }), 1)[0]).toHaveLength(2);
  });

  test("draws choices by their weights", () => {
    const values = draw(choice(["a", "b", "never"], { weights: [8, 2, 0] }));
    expect(Math.abs(values.filter((value) => value === "a").length - 2400)).toBeLessThan(100);
    expect(values).not.toContain("never");
    expect(new Set(draw(choice([1, 2, 3])))).toEqual(new Set([1, 2, 3]));
  });

  test("draws from grids, constants, defaults and branches", () => {
    expect(new Set(draw(linspace(0, 1, 3)))).toEqual(new Set([0, 0.5, 1]));
    expect(draw(repeat("v", 3), 2)).toEqual(["v", "v"]);
    expect(draw(parameter({ default: [1] }), 1)).toEqual([[1]]);
    expect(draw(fidelity(1, 16), 2)).toEqual([16, 16]);
    const branches = draw(variant("kind", { a: { x: uniform(0, 1) }, b: { y: 2 } }));
    expect(branches).toContainEqual({ kind: "b", y: 2 });
    expect(new Set(branches.map((branch) => JSON.stringify(Object.keys(branch!))))).toEqual(
      new Set(['["kind","x"]', '["kind","y"]']),
    );
  });

  test("draws matched values together with their trials", () => {
    const space = createSpace({ a: choice([1, 2]), b: matched(["one", "two"]) });
    const random = createRandom(1);
    for (let i = 0; i < 20; i++) expect(space.indexOf(space.sample(random))).toBeDefined();
  });

  test("gives the same parameters for the same seed", () => {
    const space = createSpace({ a: uniform(0, 1), b: choice([1, 2, 3]), c: normal(0, 1) });
    expect(space.sample(createRandom(5))).toEqual(space.sample(createRandom(5)));
  });

  test("needs values for free inputs", () => {
    expect(() => createSpace({ x: parameter() }).sample(createRandom(1))).toThrow("has no value");
  });
});

describe("cardinality counts the trials that can be told apart", () => {
  test.each([
    [{ x: integer(0, 10) }, 11],
    [{ x: uniform(-3, 3, { discrete: true, shape: 2 }) }, 49],
    [{ x: "choices(['a', 'b', 'c'], shape=(2, 2))" }, 81],
    [{ x: uniform(0, 1) }, Infinity],
    [{ x: normal(0, 1) }, Infinity],
    [{ x: normal(0, 1, { discrete: true, low: -2, high: 2 }) }, 5],
    [{ x: logUniform(1e-5, 1e-2, { precision: 2 }) }, 271],
    [{ x: logUniform(1e-5, 0.1) }, 36_001],
    [{ x: logUniform(0.0123, 0.0129, { precision: 2 }) }, 0],
    [{ x: logUniform(0.012, 0.0129, { precision: 2 }) }, 1],
    [{ x: logUniform(2, 30, { precision: 1 }) }, 11],
    [{ x: logUniform(1e-5, 1, { precision: null }) }, Infinity],
    [{ x: integer(1, 100, { log: true }) }, 100],
    [{ x: fidelity(1, 100) }, 1],
    [{ x: linspace(0, 1, 5), y: choice([1, 2]), z: "text" }, 10],
    [{ x: integer(1, 2), y: { z: integer(1, 3) } }, 6],
    [{ x: variant("k", { a: { y: integer(1, 3) }, b: {} }) }, 4],
  ])("%j: %d", (input, cardinality) => {
    expect(createSpace(input).cardinality).toBe(cardinality);
  });
});
