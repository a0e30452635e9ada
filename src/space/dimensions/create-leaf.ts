import { didYouMean } from "../../util/nearest.ts";
import { type LeafDefinition } from "../definition.ts";
import { type RawDimension } from "../dimension.ts";
import { invalidSpace } from "../invalid-space.ts";
import { createChoice } from "./choice.ts";
import { createConstant } from "./constant.ts";
import { createDistribution } from "./distribution.ts";
import { createFidelity } from "./fidelity.ts";
import { type Leaf } from "./leaf.ts";
import { createLinspace } from "./linspace.ts";
import { createLogUniform } from "./log-uniform.ts";
import { createLogspace } from "./logspace.ts";
import { createMatched } from "./matched.ts";
import { createNormal } from "./normal.ts";
import { createParameter } from "./parameter.ts";
import { createRepeat } from "./repeat.ts";
import { createUniform } from "./uniform.ts";

type LeafCreator = (raw: RawDimension, name: string) => Leaf;

const creators: Readonly<Record<LeafDefinition["kind"], LeafCreator>> = {
  choice: createChoice,
  constant: createConstant,
  distribution: createDistribution,
  fidelity: createFidelity,
  linspace: createLinspace,
  logUniform: createLogUniform,
  logspace: createLogspace,
  matched: createMatched,
  normal: createNormal,
  parameter: createParameter,
  repeat: createRepeat,
  uniform: createUniform,
};

const creatorOf: ReadonlyMap<string, LeafCreator> = new Map(Object.entries(creators));

/**
 * The dimension that this data describes, checked: from a constructor, an Oríon prior or a stored
 * definition. `INVALID_SPACE` for what is not well defined, naming the parameter `name`.
 */
export function createLeaf(raw: RawDimension, name: string): Leaf {
  const create = creatorOf.get(raw.kind);
  if (create !== undefined) return create(raw, name);
  const kinds = [...creatorOf.keys(), "nested", "variant"];
  throw invalidSpace(
    name,
    `unknown kind of dimension "${raw.kind}"${didYouMean(raw.kind, kinds)} (${kinds.join(", ")})`,
    { kind: raw.kind },
  );
}
