import { type Params } from "../params-of.ts";
import { isPlainObject } from "../../values/plain.ts";
import { type Grid } from "./grid.ts";

/**
 * Every combination of the fields' values: nested loops in the order of the fields, the last one
 * varying fastest. An index is a number in a mixed radix, whose digits are the fields' indices;
 * a rank is one too, made of the fields' ranks.
 */
export function createProductGrid(grids: ReadonlyMap<string, Grid>): Grid<Params> {
  const fields = toFields(grids);
  const size = [...grids.values()].reduce((product, grid) => product * grid.size, 1);

  function at(index: number): Params {
    const params: Record<string, unknown> = {};
    let rest = index;
    for (const { name, grid, stride } of fields) {
      const digit = Math.floor(rest / stride);
      rest -= digit * stride;
      params[name] = grid.at(digit);
    }
    return params;
  }

  function rank(index: number): number {
    let result = 0;
    let rest = index;
    for (const { grid, stride } of fields) {
      const digit = Math.floor(rest / stride);
      rest -= digit * stride;
      if (!grid.distinct) result = result * grid.count(grid.at(digit)) + grid.rank(digit);
    }
    return result;
  }

  function count(value: unknown): number {
    if (!isPlainObject(value) || Object.keys(value).length !== fields.length) return 0;
    let result = 1;
    for (const { name, grid } of fields) {
      if (!Object.hasOwn(value, name)) return 0;
      result *= grid.count(value[name]);
    }
    return result;
  }

  function indexOf(value: unknown, rank: number): number | undefined {
    if (!isPlainObject(value) || Object.keys(value).length !== fields.length) return undefined;
    let index = 0;
    let rest = rank;
    for (const { name, grid, stride } of fields.toReversed()) {
      if (!Object.hasOwn(value, name)) return undefined;
      const equal = grid.distinct ? 1 : grid.count(value[name]);
      const digit = equal === 0 ? undefined : grid.indexOf(value[name], rest % equal);
      if (digit === undefined) return undefined;
      index += digit * stride;
      rest = Math.floor(rest / equal);
    }
    return rest === 0 ? index : undefined;
  }

  return {
    size,
    get distinct() {
      return fields.every(({ grid }) => grid.distinct);
    },
    at,
    rank,
    count,
    indexOf,
  };
}

interface Field {
  readonly name: string;
  readonly grid: Grid;
  /** How many indices of the product pass from one index of this field to its next. */
  readonly stride: number;
}

function toFields(grids: ReadonlyMap<string, Grid>): readonly Field[] {
  let stride = 1;
  const fields: Field[] = [];
  for (const [name, grid] of [...grids].reverse()) {
    fields.unshift({ name, grid, stride });
    stride *= grid.size;
  }
  return fields;
}
