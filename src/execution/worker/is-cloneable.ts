import { types } from "node:util";

/**
 * Whether a structured clone of a value is worth as much as the value. A clone of an instance of a class of
 * the user's would come without its methods, and one of a function not at all.
 */
export function isCloneable(value: unknown, seen: Set<object> = new Set()): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || seen.has(value)) return true;
  seen.add(value);
  if (Array.isArray(value)) return value.every((item) => isCloneable(item, seen));
  if (types.isMap(value)) {
    for (const [key, item] of value) {
      if (!isCloneable(key, seen) || !isCloneable(item, seen)) return false;
    }
    return true;
  }
  if (types.isSet(value)) return [...value].every((item) => isCloneable(item, seen));
  if (isCopiedWhole(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain || !isData(value)) return false;
  return Object.values(value).every((item) => isCloneable(item, seen));
}

function isCopiedWhole(value: object): boolean {
  // A Buffer would come back as what it extends.
  if (Buffer.isBuffer(value)) return false;
  return (
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isNativeError(value)
  );
}

/** Whether a clone would have what the object has: getters it would only have the values of. */
function isData(value: object): boolean {
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(value));
  return descriptors.every((descriptor) => "value" in descriptor);
}
