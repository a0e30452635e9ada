import { type Random } from "../../util/random.ts";
import { type Grid } from "../grids/grid.ts";
import { createProductGrid } from "../grids/product-grid.ts";
import { type Params } from "../params-of.ts";
import { type NestedNode, type SpaceNode } from "./node.ts";

/** The parameters of an object, in its order. */
export function createNestedNode(fields: ReadonlyMap<string, SpaceNode>): NestedNode {
  const entries = [...fields];
  return {
    type: "nested",
    definition: {
      kind: "nested",
      fields: Object.fromEntries(entries.map(([name, node]) => [name, node.definition])),
    },
    fields,
    grid: productOf(fields),
    cardinality: entries.reduce((product, [, node]) => product * node.cardinality, 1),
    sample(random: Random): Params {
      const params: Record<string, unknown> = {};
      for (const [name, node] of entries) params[name] = node.sample(random);
      return params;
    },
  };
}

function productOf(fields: ReadonlyMap<string, SpaceNode>): Grid<Params> | undefined {
  const grids = new Map<string, Grid>();
  for (const [name, { grid }] of fields) {
    if (grid === undefined) return undefined;
    grids.set(name, grid);
  }
  return createProductGrid(grids);
}
