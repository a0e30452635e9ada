import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "../values/canonical.ts";
import {
  choice,
  constant,
  linspace,
  logspace,
  matched,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace } from "./create-space.ts";
import { type SpaceInput } from "./params-of.ts";
import { type Space } from "./space.ts";

const trialsOf = <P>(space: Space<P>): P[] =>
  Array.from({ length: space.size }, (_, index) => space.at(index));

describe("the grid of a space", () => {
  test("expands a sweep over choices, a logarithmic range and constants", () => {
    const space = createSpace({
      n: choice([3, 7]),
      misc: logspace(1, 1000, 4),
      m: 5,
      flag: false,
    });
    expect(trialsOf(space)).toEqual(
      [3, 7].flatMap((n) => [1, 10, 100, 1000].map((misc) => ({ n, misc, m: 5, flag: false }))),
    );
  });

  test("is nested loops in declared order, the last one varying fastest", () => {
    const space = createSpace({ a: choice(["a", "b"]), b: linspace(1, 5, 5) });
    expect(trialsOf(space).map(({ a, b }) => `${a}${b}`)).toEqual([
      "a1",
      "a2",
      "a3",
      "a4",
      "a5",
      "b1",
      "b2",
      "b3",
      "b4",
      "b5",
    ]);
  });

  test("is one trial when there are constants only, or nothing", () => {
    expect(trialsOf(createSpace({ a: 1, b: ["x"], c: null }))).toEqual([
      { a: 1, b: ["x"], c: null },
    ]);
    expect(trialsOf(createSpace({}))).toEqual([{}]);
  });

  test("keeps the order of keys, also of nested ones", () => {
    const space = createSpace({ z: 1, model: { y: choice([1, 2]), b: 3 }, a: matched([5, 6]) });
    expect(JSON.stringify(space.at(1))).toBe('{"z":1,"model":{"y":2,"b":3},"a":6}');
  });

  test("takes any iterable of any storable values", () => {
    const values = [1, "1", null, [1, 2], { a: 1 }, new Date(5), new Float64Array([1]), NaN, 3n];
    const space = createSpace({ x: choice(new Set<unknown>(values)), y: repeat({ k: 1 }, 2) });
    expect(trialsOf(space).map(({ x }) => x)).toEqual(values.flatMap((value) => [value, value]));
    for (const [index, params] of trialsOf(space).entries()) {
      expect(space.indexOf(params, index % 2)).toBe(index);
    }
  });

  test("is independent of what the program does to its values afterwards", () => {
    const list = [1, 2];
    const space = createSpace({ list: choice([list]), fixed: list });
    list.push(3);
    expect(space.at(0)).toEqual({ list: [1, 2], fixed: [1, 2] });
  });

  test("has no trial outside", () => {
    const space = createSpace({ a: choice([1, 2]) });
    for (const index of [-1, 2, 0.5, NaN]) expect(() => space.at(index)).toThrow(RangeError);
    expect(() => createSpace({ a: uniform(0, 1) }).at(0)).toThrow(RangeError);
  });

  test("holds ten million trials without listing them, and numbers up to 2^53", () => {
    const space = createSpace({ a: linspace(0, 1, 10_000_000), b: linspace(0, 1, 900_000_000) });
    expect(space.size).toBe(9e15);
    for (const index of [0, 1, 899_999_999, 900_000_000, 4_567_890_123_456_789, 9e15 - 1]) {
      expect(space.indexOf(space.at(index))).toBe(index);
    }
    expect(space.at(9e15 - 1)).toEqual({ a: 1, b: 1 });
    expect(() => createSpace({ a: linspace(0, 1, 1e8), b: linspace(0, 1, 1e8) })).toThrow(
      "The grid has 10000000000000000 trials; at most 9007199254740991 can be numbered",
    );
  });
});

describe("linspace and logspace", () => {
  const valuesOf = (dimension: ReturnType<typeof linspace>): unknown[] =>
    trialsOf(createSpace({ x: dimension })).map(({ x }) => x);

  test("have equal steps, and ends that are exact", () => {
    expect(valuesOf(linspace(0, 1, 11))).toEqual([
      0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
    ]);
    expect(valuesOf(linspace(3, 9, 1))).toEqual([3]);
    expect(valuesOf(linspace(2, 2, 2))).toEqual([2, 2]);
  });

  test("have equal ratios, exact ends and exact powers of ten", () => {
    expect(valuesOf(logspace(1, 1000, 4))).toEqual([1, 10, 100, 1000]);
    expect(valuesOf(logspace(1e-3, 1e-1, 3))).toEqual([0.001, 0.01, 0.1]);
    expect(valuesOf(logspace(2, 2000, 4))).toEqual([2, 20, 200, 2000]);
    expect(valuesOf(logspace(0.03, 300, 5))).toEqual([0.03, 0.3, 3, 30, 300]);
    expect(valuesOf(logspace(0.2, 5, 3))).toEqual([0.2, 1, 5]);
    expect(valuesOf(logspace(7, 9, 1))).toEqual([7]);
    const decades = valuesOf(logspace(1e-300, 1e300, 601));
    expect(decades).toEqual(Array.from({ length: 601 }, (_, i) => Number(`1e${i - 300}`)));
  });

  test("never fall, stay between their ends and are found again", () => {
    const number = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 40 }), (a, b, count) => {
        const [min, max] = a < b ? [a, b] : [b, a];
        for (const dimension of [linspace(min, max, count), logspace(min, max, count)]) {
          const space = createSpace({ x: dimension });
          const values = trialsOf(space).map(({ x }) => x);
          expect(values[0]).toBe(min);
          if (count > 1) expect(values.at(-1)).toBe(max);
          expect(values).toEqual(values.toSorted((x, y) => x - y));
          for (const [index, x] of values.entries()) {
            expect(space.indexOf({ x }, space.occurrenceAt(index))).toBe(index);
          }
        }
      }),
    );
  });

  test("tell steps apart that are too small for different numbers", () => {
    const space = createSpace({ x: linspace(1, 1 + 2 * Number.EPSILON, 9) });
    const trials = trialsOf(space).map(({ x }, index) => `${x} ${space.occurrenceAt(index)}`);
    expect(new Set(trials).size).toBe(9);
  });
});

describe("variant", () => {
  const space = createSpace({
    model: variant("kind", {
      svm: { c: linspace(0, 1, 2) },
      tree: { depth: choice([1, 2, 3]), c: "x" },
    }),
    seed: choice([1, 2]),
  });

  test("has the branches one after the other, each with its own parameters", () => {
    expect(space.size).toBe(10);
    expect(
      trialsOf(space)
        .filter(({ seed }) => seed === 1)
        .map(({ model }) => model),
    ).toEqual([
      { kind: "svm", c: 0 },
      { kind: "svm", c: 1 },
      { kind: "tree", depth: 1, c: "x" },
      { kind: "tree", depth: 2, c: "x" },
      { kind: "tree", depth: 3, c: "x" },
    ]);
  });

  test("names its parameters by dotted paths, with the branch they need", () => {
    expect(space.dimensions.map(({ name, conditions }) => [name, ...conditions.values()])).toEqual([
      ["model.kind"],
      ["model.c", "svm"],
      ["model.depth", "tree"],
      ["model.c", "tree"],
      ["seed"],
    ]);
  });

  test("can be found and parsed by branch", () => {
    for (const [index, params] of trialsOf(space).entries()) {
      expect(space.indexOf(params)).toBe(index);
      expect(space.contains(params)).toBe(true);
    }
    expect(space.indexOf({ model: { kind: "svm", depth: 1 }, seed: 1 })).toBeUndefined();
    expect(space.indexOf({ model: { kind: "forest", c: 0 }, seed: 1 })).toBeUndefined();
  });
});

describe("matched", () => {
  test("gives its k-th value to the k-th trial, several side by side", () => {
    const space = createSpace({
      init: matched(["p", "q", "r", "s"]),
      a: choice([1, 2]),
      more: { b: choice([3, 4]), note: matched([10, 20, 30, 40]) },
    });
    expect(trialsOf(space)).toEqual([
      { init: "p", a: 1, more: { b: 3, note: 10 } },
      { init: "q", a: 1, more: { b: 4, note: 20 } },
      { init: "r", a: 2, more: { b: 3, note: 30 } },
      { init: "s", a: 2, more: { b: 4, note: 40 } },
    ]);
    expect(space.indexOf({ init: "r", a: 2, more: { b: 3, note: 30 } })).toBe(2);
    expect(space.indexOf({ init: "p", a: 2, more: { b: 3, note: 30 } })).toBeUndefined();
  });

  test("must be as long as the grid", () => {
    const input = { init: matched([1, 2, 3]), a: choice([1, 2]), b: choice([1, 2]) };
    expect(() => createSpace(input)).toThrow(
      'Matched dimension "init" has 3 values, but the grid has 4 trials',
    );
  });

  test("needs a grid, and is not part of a branch", () => {
    expect(() => createSpace({ init: matched([1]), lr: uniform(0, 1) })).toThrow(
      'Matched dimension "init" needs a grid, but "lr" can only be sampled',
    );
    expect(() => createSpace({ m: variant("kind", { a: { init: matched([1]) } }) })).toThrow(
      'Parameter "m.init": matched values go to all trials, so they cannot be inside a branch',
    );
  });

  test("makes trials with different matched values different, so they are no repeats", () => {
    const space = createSpace({ r: repeat("v", 4), seed: matched([7, 8, 7, 7]) });
    expect([0, 1, 2, 3].map((index) => space.occurrenceAt(index))).toEqual([0, 0, 1, 2]);
    expect(space.indexOf({ r: "v", seed: 7 }, 2)).toBe(3);
    expect(space.indexOf({ r: "v", seed: 8 }, 1)).toBeUndefined();
  });
});

describe("occurrences", () => {
  test("count the trials of equal parameters from 0", () => {
    const space = createSpace({ x: choice([1, 2, 1]), r: repeat("v", 2), y: choice([5, 6]) });
    const seen = new Map<string, number>();
    for (const [index, params] of trialsOf(space).entries()) {
      const text = canonicalText(params);
      const before = seen.get(text) ?? 0;
      expect(space.occurrenceAt(index)).toBe(before);
      expect(space.indexOf(params, before)).toBe(index);
      seen.set(text, before + 1);
    }
    expect(space.indexOf({ x: 1, r: "v", y: 5 }, 4)).toBeUndefined();
  });

  test("make every trial of any space unique, and find it again", () => {
    fc.assert(
      fc.property(anySpace(), (input) => {
        const space = createSpace(input);
        fc.pre(space.size <= 500);
        const keys = new Set<string>();
        for (const [index, params] of trialsOf(space).entries()) {
          const occurrence = space.occurrenceAt(index);
          keys.add(canonicalText([params, occurrence]));
          expect(space.indexOf(params, occurrence)).toBe(index);
          expect(space.contains(params)).toBe(true);
          expect(space.parse(params)).toEqual(params);
        }
        expect(keys.size).toBe(space.size);
      }),
    );
  });
});

describe("parameter", () => {
  test("is its default until it is given; without one there is no trial", () => {
    expect(createSpace({ x: parameter({ default: 4 }) }).at(0)).toEqual({ x: 4 });
    const space = createSpace({ a: choice([1, 2]), in: { x: parameter() } });
    expect(space.required).toEqual(["in.x"]);
    expect(space.size).toBe(2);
    expect(() => space.at(0)).toThrow(
      'Parameter "in.x" has no value; give it one as in.x=VALUE (any value)',
    );
  });
});

test("a text that looks like a call is a prior, and constant() keeps it a text", () => {
  const space = createSpace({ a: "uniform(0, 1)", b: constant("f(x)"), c: "baseline (v2)" });
  expect(space.enumerable).toBe(false);
  expect(space.dimensions.map(({ definition }) => definition.kind)).toEqual([
    "uniform",
    "constant",
    "constant",
  ]);
});

/** Small spaces of every kind that has a grid, nested two levels deep. */
function anySpace(): fc.Arbitrary<SpaceInput> {
  const value = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom("a", "b", null, true));
  const count = fc.integer({ min: 1, max: 3 });
  const leaf = fc.oneof(
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => choice(values)),
    fc.tuple(value, count).map(([repeated, times]) => repeat(repeated, times)),
    count.map((n) => linspace(0, 1, n)),
    count.map((n) => logspace(1, 10, n)),
    value,
  );
  const names = fc.constantFrom("a", "b", "c", "d");
  const inner = fc.dictionary(names, leaf, { maxKeys: 2, noNullPrototype: true });
  const branches = fc.tuple(inner, inner).map(([p, q]) => variant("kind", { p, q }));
  return fc.dictionary(names, fc.oneof(leaf, inner, branches), {
    maxKeys: 3,
    noNullPrototype: true,
  });
}
