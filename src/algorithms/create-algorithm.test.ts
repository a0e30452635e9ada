import { describe, expect, test } from "vitest";
import { choice, uniform } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import { createAlgorithm, parseAlgorithm } from "./create-algorithm.ts";

const grid = createSpace({ a: choice([1, 2]) });
const sampled = createSpace({
  a: choice([1, 2]),
  rate: uniform(0, 1),
  model: { w: uniform(0, 1) },
});

describe("the algorithm of an experiment", () => {
  test("is the grid where there is one, else random, unless told", () => {
    expect(parseAlgorithm(undefined, grid)).toEqual({ name: "grid" });
    expect(parseAlgorithm(undefined, sampled)).toEqual({ name: "random" });
    expect(parseAlgorithm("random", grid)).toEqual({ name: "random" });
    expect(parseAlgorithm({ name: "random", width: 3 }, grid)).toEqual({
      name: "random",
      width: 3,
    });
    expect(createAlgorithm({ name: "random" }, grid, 1).name).toBe("random");
  });

  test.each([
    ["gridd", 'Unknown algorithm "gridd"; did you mean "grid"?'],
    [{ name: "annealing" }, 'Unknown algorithm "annealing" (one of grid, random)'],
    ["toString", 'Unknown algorithm "toString"'],
    [{ nme: "grid" }, 'Unknown algorithm ""'],
    [null, "Unknown algorithm"],
    [5, "Unknown algorithm"],
  ])("that does not exist is told: %j", (input, message) => {
    expect(() => parseAlgorithm(input, grid)).toThrow(message);
  });

  test("grid is refused where values are drawn, naming the parameters", () => {
    expect(() => parseAlgorithm("grid", sampled)).toThrow(
      /"rate", "model\.w" is drawn from a range/,
    );
  });
});
