import { isPlainObject } from "../../values/plain.ts";
import { type Params } from "../params-of.ts";
import { type Grid } from "./grid.ts";

/** The values of one grid after those of another; the field `key` of a value names its grid. */
export function createUnionGrid(
  key: string,
  grids: ReadonlyMap<string, Grid<Params>>,
): Grid<Params> {
  const parts = new Map<string, Part>();
  let size = 0;
  for (const [name, grid] of grids) {
    parts.set(name, { grid, offset: size });
    size += grid.size;
  }
  const list = [...parts.values()];

  function holderOf(index: number): Part {
    const part = list.findLast(({ grid, offset }) => offset <= index && grid.size > 0);
    if (part === undefined) throw new RangeError(`Index ${index} is below 0`);
    return part;
  }

  function namedBy(value: unknown): Part | undefined {
    const name = isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return typeof name === "string" ? parts.get(name) : undefined;
  }

  return {
    size,
    get distinct() {
      return list.every(({ grid }) => grid.distinct);
    },
    at(index) {
      const { grid, offset } = holderOf(index);
      return grid.at(index - offset);
    },
    rank(index) {
      const { grid, offset } = holderOf(index);
      return grid.rank(index - offset);
    },
    count: (value) => namedBy(value)?.grid.count(value) ?? 0,
    indexOf(value, rank) {
      const part = namedBy(value);
      const index = part?.grid.indexOf(value, rank);
      return part === undefined || index === undefined ? undefined : part.offset + index;
    },
  };
}

interface Part {
  readonly grid: Grid<Params>;
  /** The index of the grid's first value in the union. */
  readonly offset: number;
}
