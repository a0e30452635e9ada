import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  choice,
  fidelity,
  integer,
  linspace,
  logspace,
  logUniform,
  normal,
  uniform,
} from "../constructors.ts";
import { createSpace } from "../create-space.ts";
import { canonicalPrior } from "./canonical-prior.ts";
import { parsePrior } from "./parse-prior.ts";

describe("a prior string", () => {
  test.each([
    ["uniform(0, 1)", uniform(0, 1)],
    [" +uniform( low=0, high = 1.0 ) ", uniform(0, 1)],
    ["uniform(-3, +3, discrete=True)", integer(-3, 3)],
    ["uniform(0,10,discrete=true,)", uniform(0, 10, { discrete: true })],
    ["loguniform(1e-5, .1)", logUniform(1e-5, 0.1)],
    ["reciprocal(1E-5, 1_0., precision=None)", logUniform(1e-5, 10, { precision: null })],
    ["normal(0, 1)", normal(0, 1)],
    ["gaussian(loc=0, scale=1)", normal(0, 1)],
    ["norm(0, 1, low=-2, high=2, precision=6)", normal(0, 1, { low: -2, high: 2, precision: 6 })],
    ["uniform(0, 1, shape=(2, 3), precision=4)", uniform(0, 1, { shape: [2, 3] })],
    ["uniform(0, 1, shape=[2])", uniform(0, 1, { shape: 2 })],
    ["uniform(0, 1, default_value=0.5)", uniform(0, 1, { default: 0.5 })],
    ["choices(['a', \"b\"])", choice(["a", "b"])],
    ["choices('a', 1, None, True, [1, 2])", choice(["a", 1, null, true, [1, 2]])],
    ["choices((1, 2), default_value=2)", choice([1, 2], { default: 2 })],
    ["choices({'a': 0.8, 'b': 0.2})", choice(["a", "b"], { weights: [4, 1] })],
    ["choices({'a': 0.5, 'b': 0.5})", choice(["a", "b"])],
    ["choices([{'a': 1}, {}])", choice([{ a: 1 }, {}])],
    ["choices(['it\\'s', 'a\\n\\x41\\u00e9\\d'])", choice(["it's", "a\nAé\\d"])],
    ["fidelity(1, 9)", fidelity(1, 9, { base: 2 })],
    ["fidelity(1, 9, 3)", fidelity(1, 9, { base: 3 })],
    ["linspace(0, 1, 3)", linspace(0, 1, 3)],
    ["logspace(min=1e-3, max=.1, count=3)", logspace(1e-3, 0.1, 3)],
  ])("%s is the same dimension as its constructor makes", (text, dimension) => {
    const space = createSpace({ x: text });
    expect(space.definition).toEqual(createSpace({ x: dimension }).definition);
    expect(space.hash).toBe(createSpace({ x: dimension }).hash);
  });

  test.each([
    ["unifrm(0, 1)", 'unknown distribution "unifrm"; did you mean "uniform"? (uniform, loguniform'],
    ["logUniform(1, 2)", 'unknown distribution "logUniform"; did you mean "loguniform"?'],
    ["see(above)", 'unknown distribution "see" (uniform, loguniform'],
    ["poison(3)", 'unknown distribution "poison"; did you mean "poisson"?'],
    [
      "foo(1)",
      'or a name of scipy.stats that docs/guides/spaces.md lists; constant("foo(1)") keeps',
    ],
    ["randint(0, 3)", "randint is not supported; use uniform(low, high, discrete=True)"],
    ["uniform(0)", "uniform needs high to be a finite number, got nothing"],
    ["uniform(0, inf)", "uniform needs high to be a finite number, got Infinity"],
    ["uniform(0, 1, 2)", "uniform takes low, high, got 3 arguments"],
    ["uniform(5, 1)", "uniform needs low ≤ high, got 5 and 1"],
    ["loguniform(0, 1)", "logUniform needs low above 0, got 0"],
    ["uniform(0, low=1)", 'uniform got its argument "low" twice'],
    ["uniform(0, high=1, high=2)", 'argument "high" is given twice'],
    ["uniform(0, 1, shap=2)", 'uniform has no argument "shap"; did you mean "shape"?'],
    ["uniform(0, 1, seed=2)", 'uniform has no argument "seed"'],
    ["uniform(low=0, 1)", "expected an argument with a name"],
    ["uniform(0, 1, precision=0)", "needs a precision of at least 1 digit"],
    ["uniform(0,, 1)", 'expected a value, found "," at position 10 of "uniform(0,, 1)"'],
    ["uniform(0 1)", 'expected "," or ")", found "1" at position 10'],
    ["uniform(0, 1))", 'expected nothing more, found ")" at position 13'],
    ["uniform(0, (1)", 'found the end of "uniform(0, (1)"'],
    ["uniform(0, 'a)", 'cannot read "\'" at position 11'],
    ["uniform(0, 2**3)", 'cannot read "*" at position 12'],
    ["uniform(0, -'a')", "expected a number after the sign"],
    ["uniform(__import__('os'), 1)", 'expected a value, found "__import__" at position 8'],
    ["np.uniform(0, 1)", 'unknown distribution "np.uniform"'],
    [`uniform(${"[".repeat(100)})`, "lists are nested too deeply"],
    ["choices()", "choices needs at least one value, got none"],
    [
      "choices({'a': 0.8, 'b': 0.3})",
      "choices needs probabilities that sum to 1, got a sum of 1.1",
    ],
    ["choices({'a': 'x'})", "probabilities that sum to 1, got a sum of NaN"],
    ["choices(['a'], probs=[1])", 'choices has no argument "probs"'],
    ["fidelity(0, 9)", "fidelity needs low above 0, got 0"],
    ["fidelity(9, 1)", "fidelity needs low ≤ high, got 9 and 1"],
    ["fidelity(1, 9, base=0)", "fidelity needs a base of at least 1, got 0"],
  ])("%s is refused", (text, message) => {
    const create = (): unknown => createSpace({ model: { lr: text } });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_SPACE" }));
    expect(create).toThrow(/^Parameter "model\.lr": /);
  });

  test("can be parsed alone, where no parameter is known", () => {
    expect(parsePrior("uniform(0, 1)")).toEqual(uniform(0, 1));
    expect(() => parsePrior("uniform")).toThrow(
      '"uniform" is no prior; one reads as "uniform(0, 1)"',
    );
    expect(() => parsePrior("foo(1)")).toThrow(/^Unknown distribution "foo"/);
  });

  test("is never evaluated and never crashes, whatever it is", () => {
    const piece = fc.constantFrom(
      "uniform",
      "(",
      ")",
      "[",
      "{",
      "'a'",
      "1e5",
      ",",
      ":",
      "=",
      "-",
      "\\",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (inner) => {
          try {
            createSpace({ x: `uniform(${inner})` });
          } catch (error) {
            expect(error).toMatchObject({ code: "INVALID_SPACE" });
          }
        },
      ),
    );
  });
});

describe("the canonical prior string", () => {
  test.each([
    [logUniform(1e-5, 0.1), "loguniform(1e-05, 0.1)"],
    [normal(0, 1), "normal(0, 1)"],
    [normal(0, 1, { low: -2, high: 2 }), "normal(0, 1, low=-2, high=2)"],
    [choice(["a", "b"], { weights: [0.8, 0.2] }), "choices({'a': 0.80, 'b': 0.20})"],
    [choice(["a", "b"], { weights: [0.875, 0.125] }), "choices({'a': 0.875, 'b': 0.125})"],
    [choice(["a", "b"]), "choices(['a', 'b'])"],
    [choice([1, true, null, "it's", [2]]), 'choices([1, True, None, "it\'s", [2]])'],
    [choice(["a", "b"], { default: "b" }), "choices(['a', 'b'], default_value='b')"],
    [uniform(0, 3), "uniform(0, 3)"],
    [integer(0, 10), "uniform(0, 10, discrete=True)"],
    [integer(1, 1e16 - 2e15, { log: true }), "loguniform(1, 8000000000000000, discrete=True)"],
    [uniform(-1e20, 123456.7), "uniform(-1e+20, 123456.7)"],
    [
      uniform(0, 1, {
        shape: [2, 3],
        default: [
          [0, 0, 0],
          [1, 1, 1],
        ],
        precision: null,
      }),
      "uniform(0, 1, shape=(2, 3), default_value=[[0, 0, 0], [1, 1, 1]], precision=None)",
    ],
    [uniform(0, 9, { discrete: true, shape: 2 }), "uniform(0, 9, shape=2, discrete=True)"],
    [uniform(0, 1, { precision: 4 }), "uniform(0, 1)"],
    [
      logUniform(1, 2, { precision: 2, default: 1.5 }),
      "loguniform(1, 2, default_value=1.5, precision=2)",
    ],
    [fidelity(1, 100), "fidelity(1, 100)"],
    [fidelity(1, 100, { base: 4 }), "fidelity(1, 100, base=4)"],
    [linspace(0, 1, 3), "linspace(0, 1, 3)"],
    [logspace(1, 100, 3), "logspace(1, 100, 3)"],
  ])("%#: %j", (dimension, text) => {
    expect(canonicalPrior(dimension)).toBe(text);
    for (const { definition } of createSpace({ x: dimension }).dimensions) {
      expect(canonicalPrior(definition)).toBe(text);
    }
    expect(canonicalPrior(parsePrior(text))).toBe(text);
  });
});
