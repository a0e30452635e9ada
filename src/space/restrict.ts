import { createLeaf } from "./dimensions/create-leaf.ts";
import { type Leaf } from "./dimensions/leaf.ts";
import { leavesOf } from "./nodes/leaves.ts";
import { joinName } from "./nodes/names.ts";
import { createNestedNode } from "./nodes/nested-node.ts";
import { type NestedNode, type SpaceNode, type VariantNode } from "./nodes/node.ts";
import { createVariantNode } from "./nodes/variant-node.ts";

/**
 * Changes one parameter to the dimension that holds just its fixed value; undefined when the
 * value is not possible there.
 */
type LeafRestriction = (leaf: Leaf, name: string) => Leaf | undefined;

/**
 * The space in which the `fixed` parameters are restricted, in the same order as before.
 * Branches that lack one of them, or where it cannot be so, are left out; undefined when nothing
 * is left.
 */
export function restrictNested(
  node: NestedNode,
  fixed: readonly string[],
  restrict: LeafRestriction,
  name = "",
): NestedNode | undefined {
  const fields = new Map<string, SpaceNode>();
  for (const [field, child] of node.fields) {
    const restricted = restrictNode(child, fixed, restrict, joinName(name, field));
    if (restricted === undefined) return undefined;
    fields.set(field, restricted);
  }
  return createNestedNode(fields);
}

function restrictNode(
  node: SpaceNode,
  fixed: readonly string[],
  restrict: LeafRestriction,
  name: string,
): SpaceNode | undefined {
  const prefix = `${name}.`;
  if (node.type === "leaf") return fixed.includes(name) ? restrict(node, name) : node;
  if (!fixed.some((path) => path.startsWith(prefix))) return node;
  if (node.type === "nested") return restrictNested(node, fixed, restrict, name);
  return restrictVariant(node, fixed, restrict, name);
}

function restrictVariant(
  node: VariantNode,
  fixed: readonly string[],
  restrict: LeafRestriction,
  name: string,
): VariantNode | undefined {
  const wanted = fixed.filter((path) => path.startsWith(`${name}.`));
  const branches = new Map<string, NestedNode>();
  for (const [branch, content] of node.branches) {
    const names = new Set([...leavesOf(content, name)].map((leaf) => leaf.name));
    if (!wanted.every((path) => names.has(path))) continue;
    const restricted = restrictNested(content, fixed, restrict, name);
    if (restricted !== undefined) branches.set(branch, restricted);
  }
  return branches.size === 0 ? undefined : createVariantNode(node.key, branches);
}

/** The leaf that holds one value, as often as the grid does; once when the grid lacks it. */
export function fixLeaf(leaf: Leaf, name: string, value: unknown): Leaf | undefined {
  if (!leaf.admits(value)) return undefined;
  const count = leaf.grid?.count(value) ?? 0;
  if (count > 1) return createLeaf({ kind: "repeat", value, count }, name);
  return createLeaf({ kind: "constant", value }, name);
}
