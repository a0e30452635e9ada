import { createLeaf } from "../dimensions/create-leaf.ts";
import { type Grid } from "../grids/grid.ts";
import { createUnionGrid } from "../grids/union-grid.ts";
import { type Params } from "../params-of.ts";
import { createNestedNode } from "./nested-node.ts";
import { type NestedNode, type SpaceNode, type VariantNode } from "./node.ts";

/** One branch of a variant: its parameters after the key, which holds the name of the branch. */
export function createBranch(
  key: string,
  branch: string,
  fields: ReadonlyMap<string, SpaceNode>,
): NestedNode {
  const keyLeaf = createLeaf({ kind: "constant", value: branch }, key);
  return createNestedNode(new Map([[key, keyLeaf], ...fields]));
}

/** Conditional parameters, of the branches that `createBranch` made (at least one). */
export function createVariantNode(
  key: string,
  branches: ReadonlyMap<string, NestedNode>,
): VariantNode {
  const list = [...branches.values()];
  const definitions = [...branches].map(([name, { definition }]) => {
    const { [key]: _, ...fields } = definition.fields;
    return [name, { kind: "nested", fields }] as const;
  });
  return {
    type: "variant",
    definition: { kind: "variant", key, branches: Object.fromEntries(definitions) },
    key,
    keyLeaf: createLeaf({ kind: "choice", values: [...branches.keys()] }, key),
    branches,
    grid: unionOf(key, branches),
    cardinality: list.reduce((sum, { cardinality }) => sum + cardinality, 0),
    sample: (random) => random.pick(list).sample(random),
  };
}

function unionOf(key: string, branches: ReadonlyMap<string, NestedNode>): Grid<Params> | undefined {
  const grids = new Map<string, Grid<Params>>();
  for (const [name, { grid }] of branches) {
    if (grid === undefined) return undefined;
    grids.set(name, grid);
  }
  return createUnionGrid(key, grids);
}
