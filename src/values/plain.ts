/** Containers in containers, beyond which a value is refused: far before the stack ends. */
export const maxDepth = 1000;

/** True for a string that every backend can hold: no NUL, no lone surrogate. */
export function isPlainString(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** True for an object key that needs no tag: it neither looks like one nor names the prototype. */
export function isPlainKey(key: string): boolean {
  return key.charCodeAt(0) !== 0x24 /* $ */ && key !== "__proto__" && isPlainString(key);
}

/** True for `{…}` and `Object.create(null)`, also of another realm; false for instances of classes. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return typeof prototype === "object" && isObjectPrototype(prototype);
}

/** True for the `Object.prototype` of any realm. */
function isObjectPrototype(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, "isPrototypeOf");
}

/**
 * True when `JSON.stringify` writes the value as it is and `JSON.parse` gives it back:
 * nothing in it needs a tag, and nothing is lost but properties that are undefined.
 * Too deep a value (or a cycle) is not plain either.
 */
export function isPlainJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
      return isPlainString(value);
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "boolean":
      return true;
    case "object":
      if (value === null) return true;
      if (depth >= maxDepth) return false;
      return Array.isArray(value) ? isPlainArray(value, depth) : isPlainRecord(value, depth);
    default:
      return false;
  }
}

function isPlainArray(items: readonly unknown[], depth: number): boolean {
  // By index, so that a hole is seen as undefined.
  for (let i = 0; i < items.length; i++) {
    if (!isPlainJson(items[i], depth + 1)) return false;
  }
  return true;
}

function isPlainRecord(value: object, depth: number): boolean {
  if (!isPlainObject(value)) return false;
  for (const key in value) {
    if (!isPlainKey(key)) return false;
    const item = value[key];
    if (item !== undefined && !isPlainJson(item, depth + 1)) return false;
  }
  return true;
}
