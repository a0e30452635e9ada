import { type Leaf } from "../dimensions/leaf.ts";
import { joinName } from "./names.ts";
import { type SpaceNode } from "./node.ts";

/** A parameter with its place in the space. */
export interface PlacedLeaf {
  /** Dotted path; branches of a variant may have parameters of the same name. */
  readonly name: string;
  readonly leaf: Leaf;
  /** The branches that a trial must be in to have this parameter: values of other parameters. */
  readonly conditions: ReadonlyMap<string, string>;
}

const always: ReadonlyMap<string, string> = new Map();

/** Every parameter, in declared order; of a variant its key, then those of each branch. */
export function* leavesOf(
  node: SpaceNode,
  name = "",
  conditions: ReadonlyMap<string, string> = always,
): Generator<PlacedLeaf> {
  if (node.type === "leaf") {
    yield { name, leaf: node, conditions };
  } else if (node.type === "nested") {
    for (const [field, child] of node.fields) {
      yield* leavesOf(child, joinName(name, field), conditions);
    }
  } else {
    const keyName = joinName(name, node.key);
    yield { name: keyName, leaf: node.keyLeaf, conditions };
    for (const [branch, { fields }] of node.branches) {
      const inside = new Map([...conditions, [keyName, branch]]);
      for (const [field, child] of fields) {
        if (field !== node.key) yield* leavesOf(child, joinName(name, field), inside);
      }
    }
  }
}

/** The names of parameters, each once. */
export function namesOf(leaves: readonly PlacedLeaf[]): readonly string[] {
  return [...new Set(leaves.map(({ name }) => name))];
}
