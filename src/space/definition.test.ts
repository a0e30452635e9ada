import { describe, expect, test } from "vitest";
import { createRandom } from "../util/random.ts";
import { canonicalText, hashText } from "../values/canonical.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import {
  choice,
  constant,
  fidelity,
  integer,
  linspace,
  logspace,
  logUniform,
  matched,
  normal,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace, spaceFromDefinition } from "./create-space.ts";
import { describeDifference } from "./difference.ts";
import { type Space } from "./space.ts";

const stored = (space: Space): Space =>
  spaceFromDefinition(decodeValue(encodeValue(space.definition)));

describe("a space rebuilt from its stored definition", () => {
  test("is the same grid", () => {
    const space: Space = createSpace({
      z: choice([1, { deep: [new Date(0), NaN] }, null]),
      nested: { a: linspace(0, 1, 3), b: logspace(1, 10, 2), r: repeat([1], 2) },
      model: variant("kind", { a: { c: 1 }, b: { c: choice([1, 2]), d: { e: 5 } } }),
      at: new Date(5),
      in: parameter({ default: 1 }),
      k: constant({ x: 1 }),
    });
    const rebuilt = stored(space);
    expect(rebuilt.definition).toEqual(space.definition);
    expect(rebuilt.hash).toBe(space.hash);
    expect(describeDifference(space, rebuilt)).toEqual([]);
    expect(rebuilt.size).toBe(space.size);
    for (let index = 0; index < space.size; index++) {
      expect(encodeValue(rebuilt.at(index))).toBe(encodeValue(space.at(index)));
    }
  });

  test("draws the same, and matches the same", () => {
    const space: Space = createSpace({
      a: uniform(0, 1, { precision: 2, shape: [2, 2] }),
      b: logUniform(1, 10, { default: 2 }),
      c: normal(0, 1, { low: 0, discrete: true }),
      d: integer(1, 5, { log: true }),
      e: choice([1, 2], { weights: [1, 3] }),
      f: fidelity(1, 9, { base: 3 }),
      g: "loguniform(1e-3, 1, precision=None)",
    });
    expect(stored(space).sample(createRandom(1))).toEqual(space.sample(createRandom(1)));
    expect(stored(space).definition).toEqual(space.definition);
    const paired: Space = createSpace({ a: choice([1, 2]), b: matched([3, 4]) });
    expect(stored(paired).at(1)).toEqual({ a: 2, b: 4 });
  });

  test("is plain data, whose defaults are left out", () => {
    expect(
      createSpace({
        a: linspace(0, 1, 3),
        b: { c: uniform(0, 1, { precision: 4, discrete: false }) },
        m: variant("kind", { x: {}, y: { n: 1 } }),
      }).definition,
    ).toEqual({
      kind: "nested",
      fields: {
        a: { kind: "linspace", min: 0, max: 1, count: 3 },
        b: { kind: "nested", fields: { c: { kind: "uniform", low: 0, high: 1 } } },
        m: {
          kind: "variant",
          key: "kind",
          branches: {
            x: { kind: "nested", fields: {} },
            y: { kind: "nested", fields: { n: { kind: "constant", value: 1 } } },
          },
        },
      },
    });
  });

  test.each([
    [undefined, "is no definition of nested parameters"],
    [{ kind: "linspace" }, "is no definition of nested parameters"],
    [{ kind: "nested", fields: 5 }, "Parameters are given as an object of them by name"],
    [{ kind: "nested", fields: { a: 1 } }, 'Parameter "a": 1 is no definition of a dimension'],
    [
      { kind: "nested", fields: { a: { kind: "linspce" } } },
      'Parameter "a": unknown kind of dimension "linspce"; did you mean "linspace"? (choice,',
    ],
    [{ kind: "nested", fields: { a: { kind: "linspace", min: 0 } } }, "needs max to be a finite"],
    [{ kind: "nested", fields: { a: { kind: "constant" } } }, "constant needs a value"],
    [{ kind: "nested", fields: { a: { kind: "choice", values: "ab" } } }, "needs a list of values"],
    [
      { kind: "nested", fields: { a: { kind: "variant", key: 5, branches: {} } } },
      "variant needs the name of its key, got 5",
    ],
    [
      { kind: "nested", fields: { a: { kind: "variant", key: "k", branches: { b: 1 } } } },
      'Parameter "a": 1 is no definition of nested parameters',
    ],
  ])("is checked: %j", (definition, message) => {
    const rebuild = (): unknown => spaceFromDefinition(definition);
    expect(rebuild).toThrow(message);
    expect(rebuild).toThrow(expect.objectContaining({ code: "INVALID_SPACE" }));
  });
});

describe("the hash of a space", () => {
  test("is that of its canonical definition", () => {
    const space = createSpace({ a: choice([1, 2]), b: 3 });
    expect(space.hash).toBe(hashText(canonicalText(space.definition)));
    expect(createSpace({ a: choice([2, 1]), b: 3 }).hash).not.toBe(space.hash);
    expect(createSpace({ a: choice([1, 2]), b: 4 }).hash).not.toBe(space.hash);
  });

  test("knows the order of declaration only where matched values depend on it", () => {
    const a = choice([1, 2]);
    const b = choice([3, 4]);
    const m = matched([1, 2, 3, 4]);
    expect(createSpace({ a, b }).hash).toBe(createSpace({ b, a }).hash);
    expect(createSpace({ a, b, m }).hash).not.toBe(createSpace({ b, a, m }).hash);
  });
});

describe("describeDifference", () => {
  test("has a line for every parameter that changed, came or went", () => {
    const before: Space = createSpace({
      m: 5,
      same: choice([1, 2]),
      lr: linspace(0, 1, 3),
      hidden: choice([4, "b"]),
      width: 3,
      model: variant("kind", { svm: { c: 1 }, tree: { c: 2 } }),
    });
    const after: Space = createSpace({
      depth: repeat("x", 2),
      model: variant("kind", { svm: { c: 1 }, tree: { c: logspace(1, 10, 2) } }),
      same: choice([1, 2]),
      lr: uniform(0, 1),
      hidden: choice([4, "b"], { weights: [3, 1] }),
      m: 1,
    });
    expect(describeDifference(before, after)).toEqual([
      "m: 5 became 1",
      "lr: linspace(0, 1, 3) became uniform(0, 1)",
      'hidden: choice([4, "b"]) became choice([4, "b"], weights=[0.75, 0.25])',
      "- width: 3",
      "model.c (model.kind = tree): 2 became logspace(1, 10, 2)",
      '+ depth: repeat("x", 2)',
    ]);
    expect(describeDifference(before, before)).toEqual([]);
  });

  test("tells a changed order where matched values depend on it", () => {
    const m = matched([1, 2]);
    const before: Space = createSpace({ a: choice([1, 2]), b: 1, m });
    const after: Space = createSpace({ b: 1, a: choice([1, 2]), m });
    expect(describeDifference(before, after)).toEqual(["order: a, b, m became b, a, m"]);
  });

  test("shortens long lists", () => {
    const long = (length: number): Space =>
      createSpace({ x: choice(Array.from({ length }, (_, i) => i)) });
    const [line = ""] = describeDifference(long(1000), long(999));
    expect(line).toMatch(/^x: choice\(\[0, 1, .*, … \d+ more\]\) became choice/);
    expect(line.length).toBeLessThan(300);
  });
});
