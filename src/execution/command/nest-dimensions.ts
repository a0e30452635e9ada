import { AssayError } from "../../errors/assay-error.ts";
import type { Dimension } from "../../space/dimension.ts";
import type { SpaceInput } from "../../space/params-of.ts";

type Group = Map<string, Dimension | Group>;

/**
 * Dimensions by dotted name as nested parameters: `model.depth` is `{ model: { depth } }`. `USAGE` where a name
 * is both a parameter and the beginning of another one.
 */
export function nestDimensions(named: Iterable<readonly [string, Dimension]>): SpaceInput {
  const root: Group = new Map();
  for (const [name, dimension] of named) {
    const keys = name.split(".");
    const last = keys.pop() ?? name;
    let group = root;
    for (const [i, key] of keys.entries()) {
      const inner = group.get(key) ?? new Map<string, never>();
      if (!(inner instanceof Map)) throw conflict(name, keys.slice(0, i + 1).join("."));
      group.set(key, inner);
      group = inner;
    }
    const taken = group.get(last);
    if (taken instanceof Map) throw conflict(`${name}.${firstKey(taken)}`, name);
    group.set(last, dimension);
  }
  return toSpace(root);
}

function toSpace(group: Group): SpaceInput {
  const fields = [...group].map(
    ([name, value]) => [name, value instanceof Map ? toSpace(value) : value] as const,
  );
  return Object.fromEntries(fields);
}

function firstKey(group: Group): string {
  const [key = ""] = group.keys();
  return key;
}

function conflict(name: string, group: string): AssayError {
  const message = `"${group}" cannot be both a parameter and the group of "${name}"`;
  return new AssayError("USAGE", message, { details: { parameter: group } });
}
