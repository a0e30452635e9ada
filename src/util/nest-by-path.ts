/** What dotted paths are put together to. */
export interface Nested<Value> {
  readonly [name: string]: Value | Nested<Value>;
}

type Group<Value> = Map<string, Value | Group<Value>>;

/**
 * Values by dotted path as nested records, in the order of the paths: `a.b` is `{ a: { b } }`. Where a path is
 * both a value and the beginning of another one, `conflict` makes the error.
 */
export function nestByPath<Value extends object>(
  entries: Iterable<readonly [path: string, value: Value]>,
  conflict: (path: string, group: string) => Error,
): Nested<Value> {
  const root: Group<Value> = new Map();
  for (const [path, value] of entries) {
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    let group = root;
    for (const [i, key] of keys.entries()) {
      const inner = group.get(key) ?? new Map<string, never>();
      if (!(inner instanceof Map)) throw conflict(path, keys.slice(0, i + 1).join("."));
      group.set(key, inner);
      group = inner;
    }
    const taken = group.get(last);
    if (taken instanceof Map) throw conflict(`${path}.${firstKey(taken)}`, path);
    group.set(last, value);
  }
  return toRecord(root);
}

function firstKey(group: ReadonlyMap<string, unknown>): string {
  const [key = ""] = group.keys();
  return key;
}

function toRecord<Value>(group: Group<Value>): Nested<Value> {
  return Object.fromEntries(
    [...group].map(([key, value]) => [key, value instanceof Map ? toRecord(value) : value]),
  );
}
