import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentKey } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { choice, integer, linspace, repeat, uniform } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import type { Space } from "../space/space.ts";
import type { Algorithm } from "./algorithm.ts";
import { createGrid } from "./grid.ts";
import { createRandomSearch } from "./random.ts";

const keyOf = ({ params, occurrence }: Suggestion) => contentKey(params, occurrence);

/** Goes through an algorithm as a run does: what it suggests is registered, in steps of these sizes. */
async function walk(
  algorithm: Algorithm,
  counts: readonly number[],
  registered = new Set<string>(),
): Promise<{ suggestions: Suggestion[]; isExhausted: boolean }> {
  const suggestions: Suggestion[] = [];
  let position = 0;
  let isExhausted = false;
  for (const count of counts) {
    const result = await algorithm.suggest({
      position,
      count,
      known: async (asked) => new Set(asked.filter((one) => registered.has(keyOf(one)))),
    });
    expect(result.suggestions.length).toBeLessThanOrEqual(count);
    for (const suggestion of result.suggestions) registered.add(keyOf(suggestion));
    suggestions.push(...result.suggestions);
    ({ position, isExhausted } = result);
  }
  return { suggestions, isExhausted };
}

const grid = createSpace({ a: choice(["x", "y"]), b: linspace(0, 1, 5), c: repeat("same", 3) });
const sampled = createSpace({ x: uniform(0, 1), k: integer(0, 9) });

const steps = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

describe("the grid", () => {
  test("suggests every trial once, in its order, in steps of any size", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (counts) => {
        const { suggestions, isExhausted } = await walk(createGrid(grid), [...counts, 1000]);
        expect(suggestions.map(({ number }) => number)).toEqual(
          Array.from({ length: 30 }, (_, i) => i),
        );
        expect(isExhausted).toBe(true);
      }),
    );
  });

  test("tells repeats apart by their occurrence", async () => {
    const { suggestions } = await walk(createGrid(grid), [30]);
    expect(suggestions.slice(0, 4).map(({ occurrence }) => occurrence)).toEqual([0, 1, 2, 0]);
    expect(new Set(suggestions.map(keyOf)).size).toBe(30);
  });

  test("of ten million trials begins at once", async () => {
    const large = createSpace({ a: linspace(0, 1, 10_000), b: linspace(0, 1, 1000) });
    const { suggestions } = await createGrid(large).suggest({
      position: 9_999_998,
      count: 5,
      known: async () => new Set(),
    });
    expect(suggestions.map(({ params }) => params)).toEqual([
      { a: 1, b: large.at(9_999_998)["b"] },
      { a: 1, b: 1 },
    ]);
  });
});

describe.each([
  ["a grid", grid],
  ["a sampled space", sampled],
])("random search of %s", (_what, space: Space) => {
  test("suggests the same trials for the same seed, in steps of any size", async () => {
    const { suggestions: expected } = await walk(createRandomSearch(space, 3), [25]);
    expect(expected).toHaveLength(25);
    await fc.assert(
      fc.asyncProperty(steps, async (counts) => {
        const { suggestions } = await walk(createRandomSearch(space, 3), [...counts, 100]);
        expect(suggestions.slice(0, 25).map(keyOf)).toEqual(expected.map(keyOf));
      }),
      { numRuns: 30 },
    );
  });

  test("suggests others for another seed", async () => {
    const [three, four] = await Promise.all(
      [3, 4].map((seed) => walk(createRandomSearch(space, seed), [20])),
    );
    expect(three?.suggestions.map(keyOf)).not.toEqual(four?.suggestions.map(keyOf));
  });

  test("never suggests the same trial twice", async () => {
    const { suggestions } = await walk(createRandomSearch(space, 3), [7, 7, 7, 9]);
    expect(new Set(suggestions.map(keyOf)).size).toBe(suggestions.length);
  });
});

describe("random search", () => {
  test("walks a grid to its end, not in its order", async () => {
    const { suggestions, isExhausted } = await walk(createRandomSearch(grid, 5), [11, 100]);
    const numbers = suggestions.map(({ number }) => number!);
    const inOrder = Array.from({ length: 30 }, (_, i) => i);
    expect(isExhausted).toBe(true);
    expect(numbers).not.toEqual(inOrder);
    expect(numbers.sort((a, b) => a - b)).toEqual(inOrder);
  });

  test("finds each of 271 values once, and knows that then nothing is left", async () => {
    const space = createSpace({ p: "uniform(0, 270, discrete=True)" });
    expect(space.cardinality).toBe(271);
    const { suggestions, isExhausted } = await walk(createRandomSearch(space, 1), [200, 500]);
    expect(suggestions.map(({ params }) => params["p"] as number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 271 }, (_, i) => i),
    );
    expect(isExhausted).toBe(true);
    const again = await walk(createRandomSearch(space, 1), [1], new Set(suggestions.map(keyOf)));
    expect(again).toEqual({ suggestions: [], isExhausted: true });
  });

  test("passes over what is there already, such as trials that were inserted", async () => {
    const space = createSpace({ k: integer(0, 9) });
    const { suggestions } = await walk(createRandomSearch(space, 1), [4]);
    const inserted = new Set(suggestions.map(keyOf));
    const rest = await walk(createRandomSearch(space, 1), [20], inserted);
    expect(rest.suggestions).toHaveLength(6);
    expect(rest.isExhausted).toBe(true);
  });
});
