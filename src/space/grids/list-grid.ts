import { canonicalText } from "../../values/canonical.ts";
import { type Grid } from "./grid.ts";

/** The values of a list in its order. They are compared by their canonical text. */
export function createListGrid(values: readonly unknown[]): Grid {
  let cached: Places | undefined;
  const places = (): Places => (cached ??= findPlaces(values));
  return {
    size: values.length,
    get distinct() {
      return places().indices.size === values.length;
    },
    at: (index) => values[index],
    rank: (index) => places().ranks[index] ?? 0,
    count: (value) => indicesOf(places(), value)?.length ?? 0,
    indexOf: (value, rank) => indicesOf(places(), value)?.[rank],
  };
}

interface Places {
  /** The indices of each value, in order, by its canonical text. */
  readonly indices: ReadonlyMap<string, readonly number[]>;
  readonly ranks: Uint32Array;
}

function findPlaces(values: readonly unknown[]): Places {
  const indices = new Map<string, number[]>();
  const ranks = new Uint32Array(values.length);
  for (const [index, value] of values.entries()) {
    const text = canonicalText(value);
    const equal = indices.get(text);
    ranks[index] = equal?.length ?? 0;
    if (equal === undefined) indices.set(text, [index]);
    else equal.push(index);
  }
  return { indices, ranks };
}

/** What cannot be stored is in no list. */
function indicesOf(places: Places, value: unknown): readonly number[] | undefined {
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  return places.indices.get(canonicalText(value));
}
