import { isPlainObject } from "./plain.ts";

/**
 * What a dotted path such as "model.depth" leads to, or undefined. Only own properties of plain
 * objects are followed. A key that itself contains a dot cannot be reached.
 */
export function getPath(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split(".")) {
    if (!isPlainObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/**
 * Every leaf of nested plain objects with its dotted path, in order. An empty object inside is
 * a leaf, so that the result tells it from an absent one.
 */
export function flattenPaths(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (!isPlainObject(item) || Object.keys(item).length === 0) return [[key, item]];
    return flattenPaths(item).map(([path, leaf]) => [`${key}.${path}`, leaf]);
  });
}
