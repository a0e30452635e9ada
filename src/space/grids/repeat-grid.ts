import { equalValues } from "../../values/compare.ts";
import { type Grid } from "./grid.ts";

/** One value at each of `size` indices. */
export function createRepeatGrid(value: unknown, size: number): Grid {
  return {
    size,
    distinct: size === 1,
    at: () => value,
    rank: (index) => index,
    count: (candidate) => (equalValues(candidate, value) ? size : 0),
    indexOf: (candidate, rank) => (rank < size && equalValues(candidate, value) ? rank : undefined),
  };
}
