import { describe, expect, test } from "vitest";
import {
  choice,
  fidelity,
  integer,
  linspace,
  logspace,
  logUniform,
  normal,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace } from "./create-space.ts";

class Layer {
  readonly size = 3;
}

/** Spaces that the types would refuse too. */
const untyped = (input: unknown): never => input as never;

describe("a space that is not well defined is refused with one clear line", () => {
  test.each([
    [{ lr: linspace(5, 1, 3) }, 'Parameter "lr": linspace needs min ≤ max, got 5 and 1'],
    [{ a: { lr: logspace(5, 1, 3) } }, 'Parameter "a.lr": logspace needs min ≤ max, got 5 and 1'],
    [{ lr: logspace(0, 1, 3) }, 'Parameter "lr": logspace needs min above 0, got 0'],
    [{ lr: logspace(-2, -1, 3) }, 'Parameter "lr": logspace needs min above 0, got -2'],
    [
      { lr: linspace(0, 1, 0) },
      'Parameter "lr": linspace needs a whole count of at least 1, got 0',
    ],
    [{ lr: linspace(0, 1, 2.5) }, "needs a whole count of at least 1, got 2.5"],
    [{ lr: linspace(0, Infinity, 2) }, "needs max to be a finite number, got Infinity"],
    [{ lr: linspace(-1e308, 1e308, 2) }, "needs max − min to be finite"],
    [{ lr: linspace(untyped("0"), 1, 2) }, 'needs min to be a finite number, got "0"'],
    [{ x: choice([]) }, 'Parameter "x": choice needs at least one value, got none'],
    [{ x: choice(untyped(5)) }, "choice needs a list of values, got 5"],
    [{ x: choice("abc") }, 'choice needs a list of values, got "abc"'],
    [{ x: choice([undefined]) }, "choice has no value at 0: undefined is not one"],
    [{ x: choice([1, 2], { weights: [1] }) }, "choice has 2 values but 1 weights"],
    [{ x: choice([1, 2], { weights: [1, -1] }) }, "choice needs weights of at least 0, got -1"],
    [{ x: choice([1, 2], { weights: [0, 0] }) }, "needs weights with a sum above 0"],
    [{ x: choice([1, 2], { default: 3 }) }, "has a default that is not among its values: 3"],
    [{ x: repeat(1, -1) }, 'Parameter "x": repeat needs a whole count of at least 1, got -1'],
    [{ x: uniform(5, 1) }, 'Parameter "x": uniform needs low ≤ high, got 5 and 1'],
    [{ x: uniform(NaN, 1) }, "uniform needs low to be a finite number, got NaN"],
    [{ x: uniform(0, 1, { default: 2 }) }, "default of 2, but needs a finite number from 0 to 1"],
    [
      { x: uniform(0, 1, { precision: 0 }) },
      "needs a precision of at least 1 digit, or null, got 0",
    ],
    [{ x: uniform(0, 1, { shape: [2, 0] }) }, "needs a shape of whole lengths of at least 1"],
    [{ x: uniform(0, 1, { shape: [1e4, 1e4] }) }, "needs a shape of at most 1000000 numbers"],
    [
      { x: uniform(0, 1, untyped({ discret: true })) },
      'no option "discret"; did you mean "discrete"?',
    ],
    [{ x: uniform(0, 1, untyped({ discrete: 1 })) }, "needs discrete to be true or false, got 1"],
    [{ x: uniform(0.2, 0.8, { discrete: true }) }, "has no whole number between 0.2 and 0.8"],
    [{ x: integer(0, 2 ** 60) }, "needs fewer than 2^53 whole numbers"],
    [
      { x: integer(0, 9, { default: 1.5 }) },
      "default of 1.5, but needs a whole number from 0 to 9",
    ],
    [{ x: logUniform(0, 1) }, 'Parameter "x": logUniform needs low above 0, got 0'],
    [{ x: integer(0, 5, { log: true }) }, "logUniform needs low above 0, got 0"],
    [{ x: normal(0, 0) }, "normal needs a deviation above 0, got 0"],
    [{ x: normal(0, 1, { low: 2, high: 1 }) }, "normal needs low ≤ high, got 2 and 1"],
    [{ x: fidelity(5, 1) }, 'Parameter "x": fidelity needs low ≤ high, got 5 and 1'],
    [{ x: fidelity(0, 1) }, "fidelity needs low above 0, got 0"],
    [{ x: fidelity(1, 2, { base: 0.5 }) }, "fidelity needs a base of at least 1, got 0.5"],
    [{ x: variant("kind", {}) }, "variant needs an object of at least one branch"],
    [{ x: variant("k.k", { a: {} }) }, 'Parameter "x": parameter name "k.k" contains a dot'],
    [
      { x: variant("kind", { a: { kind: 1 } }) },
      'Parameter "x.kind": branch "a" has a parameter of',
    ],
    [{ x: variant("kind", { a: untyped(3) }) }, 'Parameter "x": parameters are given as an object'],
    [
      { x: variant("kind", { a: { y: linspace(1, 0, 1) } }) },
      'Parameter "x.y": linspace needs min',
    ],
    [{ "": 1 }, "The name of a parameter cannot be empty"],
    [{ a: { "": 1 } }, 'Parameter "a": the name of a parameter cannot be empty'],
    [{ "a.b": 1, a: { b: 2 } }, 'name "a.b" contains a dot; nest it instead: { a: { b: … } }'],
    [{ $x: 1 }, 'Parameter name "$x" starts with "$", which marks stored values'],
    [
      { "a b": 1 },
      'Parameter name "a b" may only hold letters, digits, "_", "/" and, not first, "-"',
    ],
    [{ "-a": 1 }, 'Parameter name "-a" may only hold'],
    [JSON.parse('{"__proto__": 1}'), 'Parameter name "__proto__" is reserved by JavaScript'],
    [{ a: undefined }, 'Parameter "a": undefined is no value; parameter() declares one'],
    [{ a: { f: () => 1 } }, 'Parameter "a.f": cannot store a function at a.f'],
    [{ a: new Layer() }, 'Parameter "a": cannot store a Layer at a'],
    [{ a: choice([1, new Layer()]) }, 'Parameter "a": cannot store a Layer at a[1]'],
    [{ a: [choice([1])] }, 'Parameter "a": cannot store a Dimension at a[0]'],
    [{ a: parameter({ default: new Layer() }) }, 'Parameter "a": cannot store a Layer at a'],
    [choice([1]), "A space is an object of dimensions by name"],
    [[1], "Parameters are given as an object of them by name"],
    [
      { a: "unifrm(0, 1)" },
      'Parameter "a": unknown distribution "unifrm"; did you mean "uniform"?',
    ],
  ])("%#: %j", (input, message) => {
    const create = (): unknown => createSpace(untyped(input));
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_SPACE" }));
    expect(create).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/\n|\.$/) }),
    );
  });

  test("also when it contains itself", () => {
    const loop: Record<string, unknown> = {};
    loop["a"] = loop;
    expect(() => createSpace(untyped(loop))).toThrow("nested more than 64 levels deep");
  });
});

test("names may have letters of any script, digits, underscores, slashes and hyphens", () => {
  const input = { "/lr": 1, "model/act-1": 2, größe: 3, _x: 4, "2nd": 5 };
  expect(createSpace(input).at(0)).toEqual(input);
});
