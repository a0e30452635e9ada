import { type RawDimension } from "../dimension.ts";
import { invalidSpace } from "../invalid-space.ts";
import { type Call } from "./call.ts";
import { checkArguments } from "./check-arguments.ts";

/** The choice that `choices(['a', 'b'])`, `choices('a', 'b')` or `choices({'a': 0.8, 'b': 0.2})` is. */
export function parseChoices(call: Call, name: string): RawDimension {
  checkArguments(call, ["default_value", "shape"], name);
  const { default_value: fallback, shape } = Object.fromEntries(call.keywords);
  const options = {
    ...(fallback !== undefined && { default: plainValue(fallback) }),
    ...(shape !== undefined && { shape }),
  };
  const [first, ...others] = call.positional;
  if (first instanceof Map && others.length === 0) {
    return { kind: "choice", ...options, ...readProbabilities(first, name) };
  }
  const values = Array.isArray(first) && others.length === 0 ? first : call.positional;
  if (values.length === 0) throw invalidSpace(name, "choices needs at least one value, got none");
  return { kind: "choice", ...options, values: values.map(plainValue) };
}

function readProbabilities(
  dict: ReadonlyMap<unknown, unknown>,
  name: string,
): { readonly values: readonly unknown[]; readonly weights: readonly unknown[] } {
  const values = [...dict.keys()].map(plainValue);
  const weights = [...dict.values()];
  const sum = weights.reduce((total: number, weight) => total + Number(weight), 0);
  if (Math.abs(sum - 1) < 1e-6) return { values, weights };
  throw invalidSpace(name, `choices needs probabilities that sum to 1, got a sum of ${sum}`);
}

/** A dict inside a list is a record. */
function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [String(key), plainValue(item)]));
}
