import { describe, expect, test } from "vitest";
import {
  choice,
  constant,
  fidelity,
  integer,
  linspace,
  matched,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace } from "./create-space.ts";

const space = createSpace({
  lr: linspace(0, 1, 3),
  hidden: choice([4, 8, "auto"]),
  epochs: 50,
  depth: integer(1, 9, { default: 3 }),
  noise: uniform(0, 1, { shape: 2, default: [0, 0] }),
  budget: fidelity(1, 16),
  input: parameter({ default: "x" }),
  model: variant("kind", { svm: { c: linspace(0, 1, 2) }, tree: { depth: choice([1, 2]) } }),
  since: choice([new Date("2025-01-31"), null]),
});
const complete = {
  lr: 0.3,
  hidden: 8,
  epochs: 50,
  depth: 2,
  noise: [0.1, 0.2],
  budget: 4,
  input: { any: [1] },
  model: { kind: "svm", c: 0.25 },
  since: null,
};

describe("parse", () => {
  test("fills defaults and constants, in declared order", () => {
    const given = { model: { c: 1, kind: "svm" }, since: null, hidden: 4, lr: 0 };
    expect(JSON.stringify(space.parse(given))).toBe(
      '{"lr":0,"hidden":4,"epochs":50,"depth":3,"noise":[0,0],"budget":16,"input":"x","model":{"kind":"svm","c":1},"since":null}',
    );
    expect(createSpace({ a: 1, b: { c: repeat(2, 3) } }).parse({})).toEqual({ a: 1, b: { c: 2 } });
  });

  test("accepts numbers between those of the grid", () => {
    expect(space.parse(complete)).toEqual(complete);
    expect(space.contains(complete)).toBe(true);
    expect(createSpace({ x: linspace(0, 1, 3) }).indexOf({ x: 0.3 })).toBeUndefined();
  });

  test.each([
    [{ lr: 2 }, 'Parameter "lr" cannot be 2; it must be a number from 0 to 1'],
    [{ lr: "0" }, 'Parameter "lr" cannot be "0"'],
    [{ lr: undefined }, 'Parameter "lr" has no value; give it one as lr=VALUE (must be a number'],
    [{ hidden: "8" }, 'Parameter "hidden" cannot be "8"; it must be one of 4, 8, "auto"'],
    [{ hidden: "aut" }, 'did you mean "auto"?'],
    [{ epochs: 51 }, 'Parameter "epochs" cannot be 51; it must be 50'],
    [{ depth: 2.5 }, 'Parameter "depth" cannot be 2.5; it must be a whole number from 1 to 9'],
    [{ noise: [0.5] }, "must be an array of shape 2, each element a finite number from 0 to 1"],
    [{ budget: 32 }, 'Parameter "budget" cannot be 32; it must be a number from 1 to 16'],
    [{ model: 5 }, 'Parameter "model" is an object (kind), got 5'],
    [{ model: { c: 1 } }, 'Parameter "model.kind" has no value'],
    [
      { model: { kind: "tre" } },
      'Parameter "model.kind" cannot be "tre"; it must be one of "svm", "tree"; did you mean "tree"?',
    ],
    [{ model: { kind: "tree", c: 1 } }, 'Unknown parameter "model.c" (model.kind, model.depth)'],
    [{ model: { kind: "tree", depth: 7 } }, 'Parameter "model.depth" cannot be 7'],
    [{ hiden: 4 }, 'Unknown parameter "hiden"; did you mean "hidden"? (lr, hidden, epochs'],
    [{ since: new Date(0) }, 'Parameter "since" cannot be "1970-01-01T00:00:00.000Z"'],
  ])("refuses %j", (change, message) => {
    const params = { ...complete, ...change };
    expect(() => space.parse(params)).toThrow(message);
    expect(() => space.parse(params)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
    expect(space.contains(params)).toBe(false);
  });

  test.each([[null], [[]], [5], ["lr"]])("refuses %j instead of parameters", (params) => {
    expect(() => space.parse(params)).toThrow("Parameters are an object (lr, hidden");
    expect(space.contains(params)).toBe(false);
  });

  test("takes parameters as complete only without defaults", () => {
    const { depth, ...rest } = complete;
    expect(depth).toBe(2);
    expect(space.contains(rest)).toBe(false);
    expect(space.contains({ ...complete, more: 1 })).toBe(false);
  });

  test("is not fooled by names of JavaScript's own", () => {
    const named = createSpace({ constructor: choice([1, 2]), toString: 5 });
    expect(() => named.parse({})).toThrow('Parameter "constructor" has no value');
    expect(named.indexOf({ constructor: 2, toString: 5 })).toBe(1);
    expect(named.indexOf({})).toBeUndefined();
    expect(() => space.parse({ ...complete, model: { kind: "constructor" } })).toThrow("cannot be");
  });

  test("takes any of the matched values", () => {
    const paired = createSpace({ a: choice([1, 2]), seed: matched([5, 6]) });
    expect(paired.parse({ seed: 6, a: 1 })).toEqual({ a: 1, seed: 6 });
    expect(() => paired.parse({ seed: 7, a: 1 })).toThrow("it must be one of 5, 6");
  });
});

describe("parseText", () => {
  const texts = createSpace({
    n: linspace(0, 10, 3),
    word: choice(["1", "true", "plain", 1, false]),
    free: parameter(),
    list: uniform(0, 1, { shape: 2 }),
    when: choice([new Date("2025-01-31"), new Date("2025-02-01")]),
    record: constant({ a: 1 }),
    m: variant("kind", { a: { x: choice([1]) }, b: { x: choice(["q"]) } }),
    big: choice([12345678901234567890n]),
  });

  test.each([
    ["n", "2.5", 2.5],
    ["n", " 1e1 ", 10],
    ["n", "+.5", 0.5],
    ["n", "-0", 0],
    ["word", "1", 1],
    ["word", '"1"', "1"],
    ["word", "true", "true"],
    ["word", "false", false],
    ["word", "plain", "plain"],
    ["free", "7", 7],
    ["free", "null", null],
    ["free", "true", true],
    ["free", "[1, 2]", [1, 2]],
    ["free", '{"a": 1}', { a: 1 }],
    ["free", "some text", "some text"],
    ["free", "007", "007"],
    ["free", "12e4567", "12e4567"],
    ["free", "", ""],
    ["list", "[0, 0.5]", [0, 0.5]],
    ["when", "2025-02-01T00:00:00.000Z", new Date("2025-02-01")],
    ["record", '{"a":1}', { a: 1 }],
    ["m.kind", "b", "b"],
    ["m.x", "1", 1],
    ["m.x", "q", "q"],
    ["big", "12345678901234567890", 12345678901234567890n],
  ])("%s=%s", (name, text, value) => {
    expect(texts.parseText(name, text)).toEqual(value);
  });

  test.each([
    ["nn", "1", 'Unknown parameter "nn"; did you mean "n"? (n, word, free'],
    ["m", "1", 'Unknown parameter "m"'],
    ["n", "11", 'Parameter "n" cannot be 11; it must be a number from 0 to 10'],
    ["n", "abc", 'Parameter "n" cannot be "abc"'],
    ["m.kind", "c", 'it must be one of "a", "b"'],
  ])("%s=%s is refused", (name, text, message) => {
    const parse = (): unknown => texts.parseText(name, text);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  });
});
