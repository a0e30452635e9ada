import { canonicalText } from "../../values/canonical.ts";
import { equalValues } from "../../values/compare.ts";
import { getPath } from "../../values/path.ts";
import { isPlainObject } from "../../values/plain.ts";
import { type Params } from "../params-of.ts";
import { type Grid } from "./grid.ts";

/** Values that go to the trials of a grid one by one. */
export interface MatchedValues {
  /** Dotted path of the parameter. */
  readonly name: string;
  readonly values: readonly unknown[];
}

/** The product with the matched values in their places: the k-th of each for the k-th trial. */
export function createMatchedGrid(
  product: Grid<Params>,
  matched: readonly MatchedValues[],
): Grid<Params> {
  let cached: Uint32Array | undefined;
  const at = (index: number): Params => withMatched(product.at(index), matched, index);

  /** Indices of the product that hold these parameters, in order. */
  function holders(params: unknown): readonly number[] {
    const indices: number[] = [];
    const count = product.count(params);
    for (let rank = 0; rank < count; rank++) {
      const index = product.indexOf(params, rank);
      if (index !== undefined && isMatched(params, matched, index)) indices.push(index);
    }
    return indices;
  }

  return {
    size: product.size,
    get distinct() {
      return product.distinct;
    },
    at,
    rank(index) {
      if (product.distinct) return 0;
      cached ??= findRanks(product.size, at);
      return cached[index] ?? 0;
    },
    count: (params) => holders(params).length,
    indexOf: (params, rank) => holders(params)[rank],
  };
}

/** Parameters with the values that belong to the trial of this index. */
export function withMatched(
  params: Params,
  matched: readonly MatchedValues[],
  index: number,
): Params {
  return matched.reduce(
    (filled, { name, values }) => withValue(filled, name.split("."), values[index]),
    params,
  );
}

function withValue(params: Params, path: readonly string[], value: unknown): Params {
  const [key = "", ...rest] = path;
  const inner = params[key];
  const replaced = isPlainObject(inner) && rest.length > 0 ? withValue(inner, rest, value) : value;
  return { ...params, [key]: replaced };
}

function isMatched(params: unknown, matched: readonly MatchedValues[], index: number): boolean {
  return matched.every(({ name, values }) => equalValues(getPath(params, name), values[index]));
}

/** All at once: equal parameters may have matched values that differ, so no formula gives them. */
function findRanks(size: number, at: (index: number) => Params): Uint32Array {
  const counts = new Map<string, number>();
  return Uint32Array.from({ length: size }, (_, index) => {
    const text = canonicalText(at(index));
    const rank = counts.get(text) ?? 0;
    counts.set(text, rank + 1);
    return rank;
  });
}
