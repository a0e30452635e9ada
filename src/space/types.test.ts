import { describe, expect, expectTypeOf, test } from "vitest";
import {
  choice,
  constant,
  fidelity,
  integer,
  linspace,
  matched,
  normal,
  parameter,
  repeat,
  uniform,
  variant,
} from "./constructors.ts";
import { createSpace } from "./create-space.ts";
import { type ParamsOf } from "./params-of.ts";

const space = createSpace({
  act: choice(["relu", "tanh"]),
  hidden: choice([4, 8]),
  mixed: choice([1, "a", null]),
  fromSet: choice(new Set([1, 2])),
  lr: linspace(0, 1, 3),
  width: integer(1, 9),
  epochs: 50,
  verbose: false,
  title: "plain",
  nothing: null,
  since: new Date(0),
  layers: [1, 2],
  record: constant({ a: 1 }),
  again: repeat("r", 2),
  prior: "loguniform(1e-5, 1)",
  shapedPrior: "uniform(0, 1, shape=3)",
  category: "choices(['a', 'b'])",
  vector: uniform(0, 1, { shape: 3 }),
  matrix: normal(0, 1, { shape: [2, 3] }),
  whole: uniform(0, 1, { discrete: true }),
  budget: fidelity(1, 9),
  free: parameter(),
  known: parameter({ default: 4 }),
  optimizer: { name: choice(["sgd", "adam"]), deep: { momentum: uniform(0, 1) } },
  model: variant("kind", {
    svm: { c: linspace(0, 1, 2) },
    tree: { depth: choice([1, 2]), leaf: 5 },
  }),
});
type Values = ReturnType<typeof space.parse>;

test("a space of every kind of dimension can be created", () => {
  expect(space.enumerable).toBe(false);
});

describe("the types of parameters follow from the space", () => {
  test("for dimensions", () => {
    expectTypeOf<Values["act"]>().toEqualTypeOf<"relu" | "tanh">();
    expectTypeOf<Values["hidden"]>().toEqualTypeOf<4 | 8>();
    expectTypeOf<Values["mixed"]>().toEqualTypeOf<1 | "a" | null>();
    expectTypeOf<Values["fromSet"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["lr"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["width"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["again"]>().toEqualTypeOf<string>();
    expectTypeOf<Values["budget"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["free"]>().toEqualTypeOf<unknown>();
    expectTypeOf<Values["known"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["vector"]>().toEqualTypeOf<number[]>();
    expectTypeOf<Values["matrix"]>().toEqualTypeOf<number[][]>();
    expectTypeOf<Values["whole"]>().toEqualTypeOf<number>();
    const paired = createSpace({ a: choice([1, 2]), m: matched([5, 6]) });
    expectTypeOf(paired.at(0)).toEqualTypeOf<{ readonly a: 1 | 2; readonly m: number }>();
  });

  test("for constants, without their value", () => {
    expectTypeOf<Values["epochs"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["verbose"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Values["title"]>().toEqualTypeOf<string>();
    expectTypeOf<Values["nothing"]>().toEqualTypeOf<null>();
    expectTypeOf<Values["since"]>().toEqualTypeOf<Date>();
    expectTypeOf<Values["layers"]>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Values["record"]>().toEqualTypeOf<{ a: number }>();
  });

  test("for prior strings", () => {
    expectTypeOf<Values["prior"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["shapedPrior"]>().toEqualTypeOf<unknown>();
    expectTypeOf<Values["category"]>().toEqualTypeOf<unknown>();
    expectTypeOf<ParamsOf<{ call: "see(above)" }>["call"]>().toEqualTypeOf<string>();
  });

  test("for nested and conditional parameters", () => {
    expectTypeOf<Values["optimizer"]["name"]>().toEqualTypeOf<"sgd" | "adam">();
    expectTypeOf<Values["optimizer"]["deep"]["momentum"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["model"]>().toEqualTypeOf<
      | { readonly kind: "svm"; readonly c: number }
      | { readonly kind: "tree"; readonly depth: 1 | 2; readonly leaf: number }
    >();
    expectTypeOf<ParamsOf<{ a: { b: 5 } }>>().toEqualTypeOf<{
      readonly a: { readonly b: number };
    }>();
  });

  test("so that a misspelled or misused parameter does not compile", () => {
    const read = (params: Values): unknown[] => [
      // @ts-expect-error there is no "hiden"
      params.hiden,
      // @ts-expect-error a number has no length
      params.epochs.length,
      // @ts-expect-error only trees have a depth
      params.model.depth,
      params.model.kind === "tree" ? params.model.depth : params.model.c,
      // @ts-expect-error "gelu" is no choice
      params.act === "gelu",
    ];
    expectTypeOf(read).returns.toEqualTypeOf<unknown[]>();
  });
});

test("what cannot be a space does not compile", () => {
  const create = (): void => {
    // @ts-expect-error a function is no value
    createSpace({ f: () => 1 });
    // @ts-expect-error undefined is no value
    createSpace({ f: undefined });
    // @ts-expect-error the option is named "discrete"
    uniform(0, 1, { discret: true });
    // @ts-expect-error weights are numbers
    choice([1, 2], { weights: ["a"] });
  };
  expect(create).toThrow();
});
