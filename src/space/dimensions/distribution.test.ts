import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../util/random.ts";
import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import { createSpace, spaceFromDefinition } from "../create-space.ts";
import { type DistributionDefinition } from "../definition.ts";
import { families } from "../distributions/families.ts";
import { type Family } from "../distributions/family.ts";
import { canonicalPrior } from "../prior/canonical-prior.ts";
import { parsePrior } from "../prior/parse-prior.ts";
import { type Space } from "../space.ts";

const spaceOf = (prior: string): Space => createSpace({ x: prior });

const canonical = (prior: string): string => canonicalPrior(parsePrior(prior));

function draw(prior: string, count = 2000): number[] {
  const space = spaceOf(prior);
  const random = createRandom(3);
  return Array.from({ length: count }, () => Number(space.sample(random)["x"]));
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describe("a distribution of scipy.stats as a prior", () => {
  test.each([
    ["beta(2, 3)", "beta(2, 3)"],
    ["beta(a=2, b=3)", "beta(2, 3)"],
    ["beta(2, b=3)", "beta(2, 3)"],
    ["+expon(scale=2)", "expon(scale=2)"],
    ["expon(0, 2)", "expon(scale=2)"],
    ["alpha(0.9)", "alpha(0.9)"],
    ["gamma(2, 0, 3)", "gamma(2, scale=3)"],
    ["gamma(2, loc=1, scale=3, low=2, high=9)", "gamma(2, loc=1, scale=3, low=2, high=9)"],
    ["poisson_binom((0.1, 1, .5), loc=2)", "poisson_binom([0.1, 1, 0.5], loc=2)"],
    ["poisson_binom(p=[0.5])", "poisson_binom([0.5])"],
    ["truncnorm(-inf, 1)", "truncnorm(-inf, 1)"],
    ["truncnorm(a=0, b=np.inf)", "truncnorm(0, inf)"],
    ["truncweibull_min(2, 1, inf)", "truncweibull_min(2, 1, inf)"],
    ["poisson(mu=3)", "poisson(3)"],
    ["poisson(3, discrete=True)", "poisson(3)"],
    ["poisson(3, 10, precision=2)", "poisson(3, loc=10)"],
    ["geom(1e-5)", "geom(1e-05)"],
    ["expon(discrete=True)", "expon(discrete=True)"],
    ["lognorm(s=0.5, precision=4)", "lognorm(0.5)"],
    [
      "beta(2, 3, precision=None, shape=2, default_value=[0, 1])",
      "beta(2, 3, shape=2, default_value=[0, 1], precision=None)",
    ],
    // Bounds that cut nothing off.
    ["beta(2, 3, low=-1, high=1)", "beta(2, 3)"],
    ["binom(5, 0.5, low=0, high=7)", "binom(5, 0.5)"],
  ])("%s is written as %s", (prior, text) => {
    expect(canonical(prior)).toBe(text);
    expect(spaceOf(text).definition).toEqual(spaceOf(prior).definition);
  });

  test("is plain data, whose defaults are left out", () => {
    const definitionOf = (prior: string): unknown => spaceOf(prior).dimensions[0]!.definition;
    const kind = "distribution";
    expect(definitionOf("expon()")).toEqual({ kind, name: "expon", parameters: {} });
    expect(definitionOf("beta(2, 3, 1, 4, high=3, shape=2, precision=2)")).toEqual({
      kind,
      name: "beta",
      parameters: { a: 2, b: 3 },
      loc: 1,
      scale: 4,
      high: 3,
      shape: [2],
      precision: 2,
    });
  });

  test("draws four digits unless told, and never leaves its bounds", () => {
    const digits = (number: number): number =>
      number.toExponential().split("e")[0]!.replace(/[-.]/g, "").length;
    expect(Math.max(...draw("expon()").map(digits))).toBe(4);
    expect(Math.max(...draw("expon(precision=2)").map(digits))).toBe(2);
    expect(Math.max(...draw("expon(precision=None)").map(digits))).toBeGreaterThan(14);
    const narrow = draw("expon(low=0.12345, high=0.12355, precision=2)", 20);
    expect(new Set(narrow)).toEqual(new Set([0.12345]));
  });

  test("draws whole numbers when told: each stands for all that round to it", () => {
    const numbers = draw("expon(discrete=True)");
    expect(numbers.every(Number.isInteger)).toBe(true);
    expect(numbers.some((number) => Object.is(number, -0))).toBe(false);
    const zeros = numbers.filter((number) => number === 0).length / numbers.length;
    expect(Math.abs(zeros - (1 - Math.exp(-0.5)))).toBeLessThan(0.05);
    const bounded = draw("logistic(scale=2, low=-1.5, high=2, discrete=True)");
    expect([...new Set(bounded)].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  });

  test("draws where few of its numbers are", () => {
    const numbers = draw("expon(low=7)", 300);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(7);
    expect(Math.abs(mean(numbers) - 8)).toBeLessThan(0.3); // it has no memory
  });

  test("draws nested arrays, and has a default for what is inserted", () => {
    const space = spaceOf("gamma(2, shape=(2, 3))");
    const { x } = space.sample(createRandom(1)) as { x: number[][] };
    expect(x.map((row) => row.length)).toEqual([3, 3]);
    expect(spaceOf("gamma(2, default_value=1.5)").parse({})).toEqual({ x: 1.5 });
  });

  test("counts the numbers that can be told apart", () => {
    const cardinality = (prior: string): number => spaceOf(prior).cardinality;
    expect(cardinality("beta(2, 3)")).toBe(Infinity);
    expect(cardinality("poisson(3)")).toBe(Infinity);
    expect(cardinality("poisson(3, high=6)")).toBe(7);
    expect(cardinality("binom(4, 0.5)")).toBe(5);
    expect(cardinality("beta(2, 3, scale=9, discrete=True, shape=2)")).toBe(100);
  });

  test("tells what it accepts", () => {
    expect(spaceOf("beta(2, 3)").parseText("x", "0.25")).toBe(0.25);
    expect(() => spaceOf("beta(2, 3)").parseText("x", "2")).toThrow(
      'Parameter "x" cannot be 2; it must be a finite number from 0 to 1',
    );
    expect(() => spaceOf("poisson(3)").parse({ x: 1.5 })).toThrow(
      "it must be a whole number of at least 0",
    );
    expect(spaceOf("beta(2, 3)").narrow({ x: 0.5 }).at(0).params).toEqual({ x: 0.5 });
  });

  test("depends on the state of the generator only", () => {
    for (const prior of ["beta(2, 3)", "gamma(2)", "poisson(40)", "t(3)", "binom(100, 0.4)"]) {
      const space = spaceOf(prior);
      const random = createRandom(1);
      space.sample(random);
      const state = random.state;
      const next = space.sample(random);
      random.restore(state);
      expect(space.sample(random)).toEqual(next);
      expect(spaceOf(prior).sample(createRandom(1))).toEqual(space.sample(createRandom(1)));
    }
  });
});

describe("what is no distribution is refused in one line", () => {
  test.each([
    ["beta(2)", "beta needs b to be a finite number, got nothing"],
    ["beta()", "beta needs a to be a finite number, got nothing"],
    ["beta(-1, 3)", "beta needs a above 0, got -1"],
    ["beta(0, 3)", "beta needs a above 0, got 0"],
    ["beta('a', 3)", 'beta needs a to be a finite number, got "a"'],
    ["beta(inf, 3)", "beta needs a to be a finite number, got Infinity"],
    ["beta(2, 3, alpha=1)", 'beta has no argument "alpha" (a, b, loc, scale, low, high, discrete,'],
    ["beta(2, 3, 0, 1, 5)", "beta takes a, b, loc, scale, got 5 arguments"],
    ["beta(2, 3, a=1)", 'beta got its argument "a" twice'],
    ["beta(2, 3, size=2)", 'beta has no argument "size"'],
    ["beta(2, 3, scal=2)", 'beta has no argument "scal"; did you mean "scale"?'],
    ["beta(2, 3, scale=0)", "beta needs scale above 0, got 0"],
    ["beta(2, 3, loc=inf)", "beta needs loc to be a finite number, got Infinity"],
    ["beta(2, 3, low=2)", "beta gives a number from 0 to 1, never one of at least 2"],
    ["beta(2, 3, low=-5, high=-1)", "beta gives a number from 0 to 1, never one from -5 to -1"],
    ["expon(high=-1)", "expon gives a number of at least 0, never one of at most -1"],
    ["expon(low=3, high=1)", "expon needs low ≤ high, got 3 and 1"],
    ["expon(low=0.5, high=0.5)", "improbable bounds: in 10000 tries it gave no finite number from"],
    [
      "expon(low=30)",
      "expon has improbable bounds: in 10000 tries it gave no finite number of at le",
    ],
    [
      "invgamma(1e-300)",
      "invgamma has improbable parameters: in 10000 tries it gave no finite number",
    ],
    ["beta(2, 3, 0.2, 0.5, discrete=True)", "beta has no whole number between 0.2 and 0.7"],
    ["beta(2, 3, precision=0)", "beta needs a precision of at least 1 digit"],
    [
      "beta(2, 3, default_value=2)",
      "beta has a default of 2, but needs a finite number from 0 to 1",
    ],
    [
      "poisson(3, default_value=0.5)",
      "poisson has a default of 0.5, but needs a whole number of at",
    ],
    ["poisson(-1)", "poisson needs mu of at least 0, got -1"],
    ["poisson(3, 0.5)", "poisson needs loc to be a whole number, got 0.5"],
    ["poisson(3, scale=2)", 'poisson has no argument "scale"'],
    [
      "poisson(3, discrete=False)",
      "poisson gives whole numbers only, so it cannot have discrete=Fa",
    ],
    ["binom(2.5, 0.5)", "binom needs n to be a whole number of at least 0, got 2.5"],
    ["binom(2, 1.5)", "binom needs p from 0 to 1, got 1.5"],
    ["poisson_binom(0.5)", "poisson_binom needs p to be a list of numbers, got 0.5"],
    ["poisson_binom([])", "poisson_binom needs p to be a list of numbers, got []"],
    ["poisson_binom([0.5, 2])", "poisson_binom needs p from 0 to 1, got 2"],
    ["poisson_binom([0.5, 'a'])", 'poisson_binom needs p to be a finite number, got "a"'],
    ["poisson_binom([[0.5]])", "poisson_binom needs p to be a finite number, got [0.5]"],
    ["geom(0)", "geom needs p above 0 and at most 1, got 0"],
    ["erlang(2.5)", "erlang needs a to be a whole number of at least 1, got 2.5"],
    ["zipf(1)", "zipf needs a above 1, got 1"],
    ["truncnorm(2, 1)", "truncnorm needs a < b, got 2 and 1"],
    ["trapezoid(0.7, 0.3)", "trapezoid needs c ≤ d, got 0.7 and 0.3"],
    ["norminvgauss(1, 2)", "norminvgauss needs |b| < a, got 2 and 1"],
    ["hypergeom(10, 11, 5)", "hypergeom needs n and N of at most M = 10, got 11 and 5"],
    ["nchypergeom_fisher(10, 5, 11, 2)", "needs n and N of at most M = 10, got 5 and 11"],
    ["nchypergeom_wallenius(10, 5, 4, 0)", "nchypergeom_wallenius needs odds above 0, got 0"],
    ["nhypergeom(10, 6, 5)", "nhypergeom needs n + r of at most M = 10, got 6 and 5"],
    ["gengamma(2, 0)", "gengamma needs c other than 0, got 0"],
    ["levy_stable(0, 0)", "levy_stable needs alpha above 0 and at most 2, got 0"],
    ["levy_stable(2.5, 0)", "levy_stable needs alpha above 0 and at most 2, got 2.5"],
    ["levy_stable(1.5, -2)", "levy_stable needs beta from -1 to 1, got -2"],
    ["vonmises(-1)", "vonmises needs kappa of at least 0, got -1"],
    ["wrapcauchy(0)", "wrapcauchy needs c between 0 and 1, got 0"],
    ["crystalball(1, 1)", "crystalball needs m above 1, got 1"],
    ["studentized_range(1, 5)", "studentized_range needs k above 1, got 1"],
    ["kstwo(0)", "kstwo needs n to be a whole number of at least 1, got 0"],
    ["ksone(1.5)", "ksone needs n to be a whole number of at least 1, got 1.5"],
    ["genhyperbolic(1, 2, 2)", "genhyperbolic needs |b| < a for p = 1, got 2 and 2"],
    ["genhyperbolic(-1, 1, 2)", "genhyperbolic needs |b| ≤ a for p = -1, got 2 and 1"],
    ["gausshyper(1, 2, 3, -1)", "gausshyper needs z above -1, got -1"],
    ["geninvgauss(1, 0)", "geninvgauss needs b above 0, got 0"],
    ["truncweibull_min(2, -1, 3)", "truncweibull_min needs a of at least 0, got -1"],
    ["truncweibull_min(2, 3, 3)", "truncweibull_min needs a < b, got 3 and 3"],
    ["truncpareto(0, 2)", "truncpareto needs b other than 0, got 0"],
    ["truncpareto(2, 1)", "truncpareto needs c above 1, got 1"],
    ["zipfian(-1, 5)", "zipfian needs a of at least 0, got -1"],
    ["zipfian(1, 0)", "zipfian needs n to be a whole number of at least 1, got 0"],
    ["skewcauchy(1)", "skewcauchy needs a between -1 and 1, got 1"],
    ["beta(2, 3", 'found the end of "beta(2, 3"'],
  ])("%s", (prior, message) => {
    const create = (): unknown => createSpace({ model: { lr: prior } });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_SPACE" }));
    expect(create).toThrow(/^Parameter "model\.lr": .*$/);
  });

  test.each([
    [{}, "distribution needs a name of scipy.stats, got nothing"],
    [{ name: "bet" }, 'distribution needs a name of scipy.stats, got "bet"; did you mean "beta"?'],
    [{ name: "beta" }, "beta needs its parameters by name, got nothing"],
    [{ name: "beta", parameters: [2, 3] }, "beta needs its parameters by name, got [2, 3]"],
    [{ name: "beta", parameters: { a: 1, b: 2, cc: 3 } }, 'beta has no option "cc" (a, b)'],
    [{ name: "poisson", parameters: { mu: 1 }, scale: 2 }, 'poisson has no option "scale"'],
  ])("a definition %j", (fields, message) => {
    const definition = { kind: "nested", fields: { x: { ...fields, kind: "distribution" } } };
    expect(() => spaceFromDefinition(definition)).toThrow(`Parameter "x": ${message}`);
  });

  test("a text that only begins like one of a single letter is a constant", () => {
    expect(spaceOf("f(x) = 2").at(0)).toEqual({ x: "f(x) = 2" });
    expect(() => spaceOf("f(x)")).toThrow('expected a value, found "x"');
  });
});

/** Priors of all families, with shape parameters out of these numbers where they hold. */
function priors(numbers: readonly number[], scales: readonly number[]): fc.Arbitrary<string> {
  return fc.constantFrom(...families).chain(([name, family]) =>
    fc
      .tuple(
        fc.tuple(...shapesOf(family, numbers)),
        fc.constantFrom(0, ...numbers.map(Math.round).filter(Number.isFinite)),
        fc.constantFrom(1, ...scales),
        fc.constantFrom("", ", precision=None", ", precision=2", ", shape=(2, 1)"),
        fc.boolean(),
      )
      .filter(([shapes]) => family.conflict?.(...shapes.map(Number)) === undefined)
      .map(([shapes, loc, scale, option, whole]) => {
        const args = [...shapes, `loc=${loc}`];
        if (family.discrete !== true) args.push(`scale=${scale}`);
        // Of a narrow interval without a whole number none can be drawn.
        const discrete = whole && (scale >= 20 || family.discrete === true);
        return `${name}(${args.join(", ")}${option}${discrete ? ", discrete=True" : ""})`;
      }),
  );
}

/** Each shape parameter as a text; a list is one of up to three numbers. */
function shapesOf({ shapes }: Family, numbers: readonly number[]): fc.Arbitrary<string>[] {
  return Object.values(shapes).map(({ holds, list }) => {
    const number = fc.constantFrom(...numbers.filter((number) => holds(number)));
    if (list !== true) return number.map(String);
    return fc.array(number, { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(", ")}]`);
  });
}

/** Whether a prior is refused: too few or too many whole numbers are where it draws, or nothing that can be expressed. */
function isRefused(prior: string): boolean {
  try {
    spaceOf(prior);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_SPACE" });
    expect(String(error)).toMatch(/no whole number|fewer than 2\^53 whole|improbable parameters/);
    return true;
  }
}

describe("whatever its parameters", () => {
  test("a prior is the same when it is read back from its text, or from a database", () => {
    const usual = [0.05, 0.25, 0.7, 1, 2, 3, 12.5, -0.5, -2];
    fc.assert(
      fc.property(priors(usual, [1e-7, 3, 20.125]), (prior) => {
        fc.pre(!isRefused(prior));
        const space = spaceOf(prior);
        expect(spaceOf(canonical(prior)).hash).toBe(space.hash);
        expect(canonical(canonical(prior))).toBe(canonical(prior));
        const stored = spaceFromDefinition(decodeValue(encodeValue(space.definition)));
        expect(stored.definition).toEqual(space.definition);
        expect(stored.sample(createRandom(1))).toEqual(space.sample(createRandom(1)));
        const { parameters } = space.dimensions[0]!.definition as DistributionDefinition;
        const shapes = families.get(prior.split("(")[0]!)!.shapes;
        expect(Object.keys(parameters)).toEqual(Object.keys(shapes));
      }),
      { numRuns: 500 },
    );
  });

  test("a prior draws finite numbers, or is refused", () => {
    const sizes = [5e-324, 1e-300, 1e-16, 1e-3, 0.9, 1, 3, 1e4, 2 ** 53 - 1, 1e17, 1e300];
    const extreme = [...sizes, ...sizes.map((size) => -size), 0];
    fc.assert(
      fc.property(priors(extreme, sizes), fc.integer(), (prior, seed) => {
        try {
          const space = spaceOf(prior);
          const random = createRandom(seed);
          for (let left = 20; left > 0; left--) {
            expect(space.contains(space.sample(random))).toBe(true);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_SPACE" });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
