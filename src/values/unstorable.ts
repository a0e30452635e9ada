import { types } from "node:util";
import { AssayError } from "../errors/assay-error.ts";
import { isPlainObject, maxDepth } from "./plain.ts";
import { isTypedArrayName } from "./typed-arrays.ts";

interface Unstorable {
  readonly path: string;
  /** The name of the class, the `typeof`, or "cycle" or "depth". */
  readonly type: string;
}

/**
 * The error for a value that cannot be stored, which names the first place that is at fault.
 * Looking for it is left to this second walk, so that writing need not keep track of paths.
 */
export function unstorableError(whole: unknown, root: string): AssayError {
  const { path, type } = find(whole, root) ?? { path: root, type: typeof whole };
  return new AssayError("INVALID_VALUE", `Cannot store ${describe(type)} at ${shorten(path)}`, {
    details: { path, type },
  });
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

interface OpenObject {
  readonly object: object;
  /** Those of its children that are still to be looked at. */
  readonly children: Iterator<Place>;
}

/** Walks depth first, without recursion: a value may be too deep for the stack. */
function find(whole: unknown, root: string): Unstorable | undefined {
  const ancestors: OpenObject[] = [];
  let place: Place | undefined = { value: whole, path: root };
  while (place !== undefined) {
    const { value, path } = place;
    const type = faultOf(value, ancestors);
    if (type !== undefined) return { path, type };
    if (typeof value === "object" && value !== null) {
      ancestors.push({ object: value, children: childrenOf(value, path) });
    }
    place = nextPlace(ancestors);
  }
  return undefined;
}

function nextPlace(ancestors: OpenObject[]): Place | undefined {
  for (let parent = ancestors.at(-1); parent !== undefined; parent = ancestors.at(-1)) {
    const next = parent.children.next();
    if (next.done !== true) return next.value;
    ancestors.pop();
  }
  return undefined;
}

function faultOf(value: unknown, ancestors: readonly OpenObject[]): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return typeof value;
  if (typeof value !== "object" || value === null) return undefined;
  if (ancestors.some(({ object }) => object === value)) return "cycle";
  if (ancestors.length >= maxDepth) return "depth";
  return isStorableObject(value) ? undefined : classOf(value);
}

function isStorableObject(value: object): boolean {
  if (types.isTypedArray(value)) {
    const name = value[Symbol.toStringTag];
    return name === "Uint8Array" || isTypedArrayName(name);
  }
  return (
    Array.isArray(value) ||
    isPlainObject(value) ||
    types.isDate(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isArrayBuffer(value)
  );
}

function* childrenOf(parent: object, path: string): Generator<Place, undefined> {
  if (Array.isArray(parent)) {
    yield* numbered(parent, path);
  } else if (types.isMap(parent)) {
    yield* numbered(parent.keys(), `${path}.keys()`);
    yield* numbered(parent.values(), `${path}.values()`);
  } else if (types.isSet(parent)) {
    yield* numbered(parent, `${path}.values()`);
  } else if (isPlainObject(parent)) {
    for (const [key, value] of Object.entries(parent)) yield { value, path: path + accessor(key) };
  }
}

function* numbered(values: Iterable<unknown>, path: string): Generator<Place, undefined> {
  let i = 0;
  for (const value of values) yield { value, path: `${path}[${i++}]` };
}

function accessor(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function classOf(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== ""
    ? constructor.name
    : "nameless object";
}

function describe(type: string): string {
  if (type === "cycle") return "a circular reference";
  if (type === "depth") return `more than ${maxDepth} levels of nesting`;
  if (type === "Promise") return "a Promise (await it first)";
  return `${/^[aeio]/i.test(type) ? "an" : "a"} ${type}`;
}

/** A path that still reads as one line: its beginning, where people look for it. */
function shorten(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 200)}…`;
}
