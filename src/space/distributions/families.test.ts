import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../util/random.ts";
import { createSpace } from "../create-space.ts";
import { type Space } from "../space.ts";
import { families } from "./families.ts";

/** What scipy.stats says of a prior. */
interface Reference {
  readonly prior: string;
  readonly shapes: readonly string[];
  readonly support: readonly number[];
  /** Numbers, and how probable it is that one is not above them. */
  readonly points: readonly (readonly number[])[];
}

const references: readonly Reference[] = readFileSync(
  join(import.meta.dirname, "scipy.tsv"),
  "utf8",
)
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [prior = "", shapes = "", low, high, points = ""] = line.split("\t");
    return {
      prior,
      shapes: shapes === "-" ? [] : shapes.split(", "),
      support: [Number(low), Number(high)],
      points: points.split(" ").map((point) => point.split(":").map(Number)),
    };
  });

const nameOf = (prior: string): string => prior.split("(")[0]!;

/** The text with all digits, so that rounding moves nothing across a point. */
const exact = (prior: string): string =>
  `${prior.slice(0, -1)}${prior.endsWith("()") ? "" : ", "}precision=None)`;

const count = 20_000;
/** Four and a half standard deviations of the share of numbers below a median. */
const tolerance = 4.5 / Math.sqrt(4 * count);

describe("drawn numbers are distributed as in scipy.stats", () => {
  test.each(references)("$prior", ({ prior, support: [low = NaN, high = NaN], points }) => {
    const space: Space = createSpace({ x: exact(prior) });
    const random = createRandom(prior);
    const params = Array.from({ length: count }, () => space.sample(random));
    expect(params.filter((drawn) => !space.contains(drawn))).toEqual([]);
    const numbers = params.map(({ x }) => Number(x));
    for (const [point = NaN, probability = NaN] of points) {
      const below = numbers.filter((number) => number <= point).length / count;
      expect(Math.abs(below - probability), `at ${point}`).toBeLessThan(tolerance);
    }
    expect(numbers.every((number) => number >= low && number <= high)).toBe(true);
    if (families.get(nameOf(prior))?.discrete) expect(numbers.every(Number.isInteger)).toBe(true);
  });

  test("and there is a reference for each of them", () => {
    expect(new Set(references.map(({ prior }) => nameOf(prior)))).toEqual(new Set(families.keys()));
  });
});

describe("families have the shape parameters and the support that scipy.stats gives them", () => {
  test.each(references)("$prior", ({ prior, shapes, support: [low = NaN, high = NaN] }) => {
    expect(Object.keys(families.get(nameOf(prior))!.shapes)).toEqual(shapes);
    const space: Space = createSpace({ x: prior });
    const admits = (x: number): boolean => space.contains({ x });
    const ends = [low, high].filter(Number.isFinite);
    expect(ends.every(admits)).toBe(true);
    const step = families.get(nameOf(prior))?.discrete
      ? 1
      : 1e-9 * Math.max(1, ...ends.map(Math.abs));
    expect(admits(low === -Infinity ? -1e300 : low - step)).toBe(low === -Infinity);
    expect(admits(high === Infinity ? 1e300 : high + step)).toBe(high === Infinity);
  });
});

test("the guide to spaces lists each with its shape parameters", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/guides/spaces.md"), "utf8");
  const [, section = ""] = page.split("| distributions ");
  const [table = ""] = section.split("\n\n");
  const listed = [...table.matchAll(/`(\w+\([^)]*\))`/g)].map(([, call]) => call);
  const calls = [...families].map(
    ([name, { shapes }]) => `${name}(${Object.keys(shapes).join(", ")})`,
  );
  expect(listed.toSorted()).toEqual(calls.toSorted());
});
