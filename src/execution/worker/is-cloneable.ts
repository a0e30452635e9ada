import { types } from "node:util";
import { isPlainObject } from "../../values/plain.ts";

/**
 * Whether a structured clone of a value is worth as much as the value. A clone of an instance of a class of
 * the user's would come without its methods, and one of a function not at all.
 */
export function isCloneable(value: unknown, seen: Set<object> = new Set()): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || seen.has(value)) return true;
  seen.add(value);
  const isPlain = isPlainObject(value);
  if (!isPlain && !isBuiltIn(value)) return false;
  if (Array.isArray(value)) return value.every((item) => isCloneable(item, seen));
  if (types.isMap(value)) {
    for (const [key, item] of value) {
      if (!isCloneable(key, seen) || !isCloneable(item, seen)) return false;
    }
    return true;
  }
  if (types.isSet(value)) return [...value].every((item) => isCloneable(item, seen));
  if (isCopiedWhole(value)) return true;
  if (!isPlain || !isData(value)) return false;
  return Object.values(value).every((item) => isCloneable(item, seen));
}

/** Whether an object is of a class of JavaScript's own: an instance of what extends one comes back as that. */
function isBuiltIn(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown };
  const { constructor } = prototype;
  return (
    typeof constructor === "function" &&
    constructor.prototype === prototype &&
    Function.prototype.toString.call(constructor).includes("[native code]")
  );
}

function isCopiedWhole(value: object): boolean {
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
