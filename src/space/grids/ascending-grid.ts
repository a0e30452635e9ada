import { type Grid } from "./grid.ts";

/**
 * Numbers that never fall from one index to the next, given by a formula. Looking one up is a
 * binary search, which needs no inverse formula and finds exactly what `at` gives.
 *
 * @param distinct whether the steps are so large that rounding cannot make two numbers equal
 */
export function createAscendingGrid(
  size: number,
  at: (index: number) => number,
  distinct: boolean,
): Grid<number> {
  /** The first index whose number is not below `value`, or above it with `past`. */
  function bound(value: number, past: boolean): number {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const number = at(middle);
      if (number < value || (past && number === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function count(value: unknown): number {
    return typeof value === "number" ? bound(value, true) - bound(value, false) : 0;
  }

  return {
    size,
    distinct,
    at,
    rank: (index) => (distinct ? 0 : index - bound(at(index), false)),
    count,
    indexOf(value, rank) {
      if (typeof value !== "number" || rank >= (distinct ? 1 : count(value))) return undefined;
      const index = bound(value, false) + rank;
      return index < size && at(index) === value ? index : undefined;
    },
  };
}
