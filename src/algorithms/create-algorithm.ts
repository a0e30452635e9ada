import { AssayError } from "../errors/assay-error.ts";
import type { AlgorithmSetting } from "../model/experiment.ts";
import type { Space } from "../space/space.ts";
import { didYouMean } from "../util/nearest.ts";
import type { Algorithm } from "./algorithm.ts";
import { createGrid } from "./grid.ts";
import { createRandomSearch } from "./random.ts";

type Factory = (space: Space, seed: number) => Algorithm;

const factories: ReadonlyMap<string, Factory> = new Map([
  ["grid", createGrid],
  ["random", createRandomSearch],
]);

/** The names of all algorithms. */
const algorithmNames: readonly string[] = [...factories.keys()];

/** The algorithm that suits a space when none is asked for: its grid where it has one. */
function defaultAlgorithm(space: Space): AlgorithmSetting {
  return { name: space.enumerable ? "grid" : "random" };
}

/** Checks the setting of an algorithm, given as a name or with options; `INVALID_VALUE` when it does not fit. */
export function parseAlgorithm(input: unknown, space: Space): AlgorithmSetting {
  if (input === undefined) return defaultAlgorithm(space);
  const setting = typeof input === "string" ? { name: input } : input;
  const name: unknown =
    typeof setting === "object" && setting !== null ? Reflect.get(setting, "name") : undefined;
  if (typeof name !== "string" || !factories.has(name)) {
    const shown = typeof name === "string" ? name : "";
    throw new AssayError(
      "INVALID_VALUE",
      `Unknown algorithm "${shown}"${didYouMean(shown, algorithmNames)} (one of ${algorithmNames.join(", ")})`,
      { details: { value: shown, accepted: algorithmNames } },
    );
  }
  if (name === "grid" && !space.enumerable) {
    throw new AssayError(
      "INVALID_VALUE",
      `The algorithm "grid" needs every parameter to have a list of values; ${sampledNames(space)} is drawn from a range (use "random", or linspace and choice)`,
    );
  }
  return { ...(setting as object), name };
}

function sampledNames(space: Space): string {
  const sampled = space.dimensions.filter((dimension) => !dimension.enumerable);
  return sampled.map(({ name }) => `"${name}"`).join(", ");
}

/** The algorithm of a setting. Throws as `parseAlgorithm` does. */
export function createAlgorithm(setting: AlgorithmSetting, space: Space, seed: number): Algorithm {
  const { name } = parseAlgorithm(setting, space);
  const factory = factories.get(name) ?? createGrid;
  return factory(space, seed);
}
