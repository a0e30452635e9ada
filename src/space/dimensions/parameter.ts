import { type ParameterDefinition } from "../definition.ts";
import { type RawDimension } from "../dimension.ts";
import { createRepeatGrid } from "../grids/repeat-grid.ts";
import { showValue } from "../show-value.ts";
import { createFieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";

/** An input of any value. Without a default its place in the grid holds undefined until given. */
export function createParameter(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["default"]);
  const fallback = fields.has("default") ? fields.value("default") : undefined;
  const given = fallback !== undefined;
  const definition: ParameterDefinition = {
    kind: "parameter",
    ...(given && { default: fallback }),
  };
  return {
    type: "leaf",
    definition,
    description: given ? `parameter(default=${showValue(fallback)})` : "parameter()",
    grid: createRepeatGrid(fallback, 1),
    cardinality: 1,
    accepted: "any value",
    fallback,
    listed: [],
    admits: (value) => value !== undefined,
    sample: () => fallback,
  };
}
