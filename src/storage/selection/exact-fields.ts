import type { Space } from "../../space/space.ts";

/** Names whose paths every backend follows alike; a key of results or metrics may itself hold a dot. */
const plainPath = /^params(\.\w+)+$/;
const plainKey = /^(results|metrics)\.\w+$/;

/**
 * The path at which a name of an expression is found in every trial's document; undefined when it may be
 * found at another one in some trial, so that the database would answer otherwise than `lookupName`.
 * A bare name is such a path only for a parameter that all trials have: results and metrics come and go.
 */
export function exactFields(space: Space): (name: string) => string | undefined {
  const always = new Set(
    space.dimensions.filter(({ conditions }) => conditions.size === 0).map(({ name }) => name),
  );
  return (name) => {
    const path = always.has(name) ? `params.${name}` : name;
    return plainPath.test(path) || plainKey.test(path) ? path : undefined;
  };
}
