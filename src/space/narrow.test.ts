import { describe, expect, test } from "vitest";
import { createRandom } from "../util/random.ts";
import {
  choice,
  linspace,
  logspace,
  matched,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace } from "./create-space.ts";
import { type NarrowedSpace } from "./narrowed-space.ts";
import { type Space } from "./space.ts";

const rows = (narrowed: NarrowedSpace): ReturnType<NarrowedSpace["at"]>[] =>
  Array.from({ length: narrowed.size }, (_, position) => narrowed.at(position));

/** What narrowing to values of the grid must give: the trials of the whole that match, in order. */
function filtered(space: Space, narrowed: NarrowedSpace): ReturnType<NarrowedSpace["at"]>[] {
  return Array.from({ length: space.size }, (_, index) => ({
    index,
    params: space.at(index),
    occurrence: space.occurrenceAt(index),
  })).filter(({ params }) => narrowed.matches(params));
}

const grid: Space = createSpace({
  lr: logspace(1e-3, 1e-1, 3),
  width: linspace(0, 10, 3),
  act: choice(["relu", "tanh", "relu"]),
  model: variant("kind", {
    svm: { c: choice([1, 2]), shared: 1 },
    tree: { depth: choice([1, 2, 3]), shared: choice([1, 2]) },
  }),
  again: repeat("r", 2),
  epochs: 50,
});

describe("narrowing to values of the grid", () => {
  test.each([
    {},
    { lr: 0.01 },
    { act: "relu" },
    { act: "tanh", width: 5, lr: 0.1 },
    { "model.kind": "tree" },
    { "model.c": 2 },
    { "model.shared": 1 },
    { "model.shared": 2, again: "r" },
    { epochs: 50, "model.depth": 3, "model.kind": "tree" },
  ])("keeps the matching trials with their indices, in order: %j", (values) => {
    const narrowed = grid.narrow(values);
    expect(rows(narrowed)).toEqual(filtered(grid, narrowed));
    expect(narrowed.size).toBeGreaterThan(0);
  });

  test("lists nothing in advance, however large the grid is", () => {
    const space = createSpace({
      a: linspace(0, 1, 1e7),
      b: choice([1, 2]),
      c: linspace(0, 1, 1e7),
    });
    const narrowed = space.narrow(new Map([["b", 2]]));
    expect(narrowed.size).toBe(1e14);
    expect(narrowed.at(12_345_678_901_234)).toMatchObject({ occurrence: 0, params: { b: 2 } });
    const { index, params } = narrowed.at(1e14 - 1);
    expect(index).toBe(2e14 - 1);
    expect(params).toEqual({ a: 1, b: 2, c: 1 });
  });
});

describe("narrowing to values that the grid lacks", () => {
  test("adds trials without an index", () => {
    const narrowed = grid.narrow({ lr: 0.02, act: "relu", "model.kind": "svm", width: 5 });
    const trials = rows(narrowed);
    expect(trials).toHaveLength(2 * 2 * 2);
    expect(new Set(trials.map(({ index }) => index))).toEqual(new Set([undefined]));
    expect(trials.map(({ params }) => params["lr"])).toEqual(Array(8).fill(0.02));
    const keys = trials.map(({ params, occurrence }) => JSON.stringify([params, occurrence]));
    expect(new Set(keys).size).toBe(8);
    expect(narrowed.matches(narrowed.at(0).params)).toBe(true);
    expect(narrowed.matches(grid.at(0))).toBe(false);
  });

  test("gives free inputs any value", () => {
    const space = createSpace({ n: parameter(), k: parameter({ default: 3 }), a: choice([1, 2]) });
    expect(space.narrow({ n: [1] }).at(1)).toEqual({
      index: undefined,
      params: { n: [1], k: 3, a: 2 },
      occurrence: 0,
    });
    expect(() => space.narrow({ k: 4 }).at(0)).toThrow('Parameter "n" has no value');
    const given = createSpace({ k: parameter({ default: 3 }) });
    expect(given.narrow({ k: 3 }).at(0).index).toBe(0);
    expect(given.narrow({ k: 4 }).at(0).index).toBeUndefined();
  });

  test.each([
    [{ act: "gelu" }, 'Parameter "act" cannot be "gelu"; it must be one of "relu", "tanh", "relu"'],
    [{ act: "rellu" }, 'did you mean "relu"?'],
    [{ epochs: 51 }, 'Parameter "epochs" cannot be 51; it must be 50'],
    [{ again: "s" }, 'Parameter "again" cannot be "s"; it must be "r"'],
    [{ lr: 1 }, 'Parameter "lr" cannot be 1; it must be a number from 0.001 to 0.1'],
    [{ width: NaN }, 'Parameter "width" cannot be NaN; it must be a number from 0 to 10'],
    [{ "model.kind": "forest" }, 'must be one of "svm", "tree"'],
    [{ "model.shared": 5 }, 'Parameter "model.shared" cannot be 5; it must be 1, or one of 1, 2'],
    [{ lrr: 1 }, 'Unknown parameter "lrr"; did you mean "lr"? (lr, width, act, model.kind'],
    [{ model: 1 }, 'Unknown parameter "model"'],
    [
      { "model.kind": "svm", "model.depth": 1 },
      'No trial has model.kind = "svm" and model.depth = 1',
    ],
  ])("refuses what a dimension does not admit: %j", (values, message) => {
    expect(() => grid.narrow(values)).toThrow(message);
    expect(() => grid.narrow(values)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  });
});

describe("narrowing with matched values", () => {
  const space: Space = createSpace({
    init: matched(["p", "q", "r", "p", "p", "q"]),
    a: linspace(0, 1, 2),
    b: choice([1, 2, 2]),
    note: parameter({ default: "n" }),
  });

  test.each([{}, { a: 1 }, { b: 2 }, { a: 0, b: 2 }, { init: "p" }, { init: "q", a: 0 }])(
    "keeps each trial with the value that is matched to it: %j",
    (values) => {
      const narrowed = space.narrow(values);
      expect(rows(narrowed)).toEqual(filtered(space, narrowed));
      expect(narrowed.size).toBeGreaterThan(0);
    },
  );

  test("still takes free inputs", () => {
    const narrowed = space.narrow({ note: "other", a: 1 });
    expect(rows(narrowed).map(({ index, params }) => [index, params["init"]])).toEqual([
      [undefined, "p"],
      [undefined, "p"],
      [undefined, "q"],
    ]);
  });

  test("refuses other values that the grid lacks", () => {
    expect(() => space.narrow({ a: 0.5 })).toThrow(
      'Parameter "a" cannot be 0.5: it is not on the grid, so no value of the matched dimension "init" belongs to it',
    );
    expect(() => space.narrow({ init: "z" })).toThrow('it must be one of "p", "q", "r"');
  });

  test("keeps to branches where the value is on the grid", () => {
    const branched: Space = createSpace({
      m: variant("kind", { a: { x: linspace(0, 1, 2) }, b: { x: choice([0.5, 2]) } }),
      init: matched([10, 20, 30, 40]),
    });
    expect(rows(branched.narrow({ "m.x": 0.5 }))).toEqual([
      { index: 2, params: { m: { kind: "b", x: 0.5 }, init: 30 }, occurrence: 0 },
    ]);
  });

  test("draws matched trials", () => {
    const random = createRandom(1);
    for (let i = 0; i < 50; i++) {
      expect(space.indexOf(space.narrow({ b: 2 }).sample(random))).toBeDefined();
    }
  });
});

describe("narrowing a space that is sampled", () => {
  const space: Space = createSpace({
    lr: uniform(0, 1),
    hidden: choice([4, 8]),
    k: "normal(0, 1)",
  });

  test("keeps drawing what is not fixed", () => {
    const narrowed = space.narrow({ lr: 0.25, hidden: 8 });
    expect(narrowed.size).toBe(Infinity);
    expect(() => narrowed.at(0)).toThrow(RangeError);
    const params = narrowed.sample(createRandom(2));
    expect(params).toMatchObject({ lr: 0.25, hidden: 8 });
    expect(narrowed.matches(params)).toBe(true);
    expect([...narrowed.fixed]).toEqual([
      ["lr", 0.25],
      ["hidden", 8],
    ]);
  });

  test("is a finite sweep when all that was sampled is fixed", () => {
    expect(rows(space.narrow({ lr: 0.25, k: -1 }))).toEqual([
      { index: undefined, params: { lr: 0.25, hidden: 4, k: -1 }, occurrence: 0 },
      { index: undefined, params: { lr: 0.25, hidden: 8, k: -1 }, occurrence: 0 },
    ]);
  });

  test("draws branches among those that are left", () => {
    const conditional = createSpace({
      m: variant("kind", { a: { x: uniform(0, 1) }, b: { x: uniform(2, 3) }, c: { y: 1 } }),
    });
    const narrowed = conditional.narrow({ "m.x": 2.5 });
    expect(narrowed.size).toBe(1);
    expect(narrowed.at(0).params).toEqual({ m: { kind: "b", x: 2.5 } });
  });
});
