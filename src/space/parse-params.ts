import { isPlainObject } from "../values/plain.ts";
import { joinName } from "./nodes/names.ts";
import { type NestedNode, type SpaceNode, type VariantNode } from "./nodes/node.ts";
import { type Params } from "./params-of.ts";
import { missingValue, notNested, rejectedValue, unknownParameter } from "./rejections.ts";

/**
 * Parameters checked against a space: in declared order, with defaults for what is missing.
 * `INVALID_VALUE` for an unknown name and for a value that is not accepted.
 */
export function parseParams(node: NestedNode, value: unknown, name = ""): Params {
  const given = value === undefined ? {} : value;
  if (!isPlainObject(given)) throw notNested(name, given, node.fields.keys());
  const names = [...node.fields.keys()].map((field) => joinName(name, field));
  for (const field of Object.keys(given)) {
    if (!node.fields.has(field)) throw unknownParameter(joinName(name, field), names);
  }
  const params: Record<string, unknown> = {};
  for (const [field, child] of node.fields) {
    const item = Object.hasOwn(given, field) ? given[field] : undefined;
    params[field] = parseNode(child, item, joinName(name, field));
  }
  return params;
}

function parseNode(node: SpaceNode, value: unknown, name: string): unknown {
  if (node.type === "nested") return parseParams(node, value, name);
  if (node.type === "variant") return parseVariant(node, value, name);
  if (value === undefined) {
    if (node.fallback === undefined) throw missingValue(name, `must be ${node.accepted}`);
    return node.fallback;
  }
  if (!node.admits(value)) throw rejectedValue(name, value, [node]);
  return value;
}

function parseVariant(node: VariantNode, value: unknown, name: string): Params {
  if (value !== undefined && !isPlainObject(value)) throw notNested(name, value, [node.key]);
  const keyName = joinName(name, node.key);
  const named = value !== undefined && Object.hasOwn(value, node.key) ? value[node.key] : undefined;
  if (named === undefined) throw missingValue(keyName, `must be ${node.keyLeaf.accepted}`);
  const branch = branchOf(node, named);
  if (branch === undefined) throw rejectedValue(keyName, named, [node.keyLeaf]);
  return parseParams(branch, value, name);
}

function branchOf(node: VariantNode, named: unknown): NestedNode | undefined {
  return typeof named === "string" ? node.branches.get(named) : undefined;
}

/** Whether a value is complete and accepted, without defaults. */
export function containsParams(node: SpaceNode, value: unknown): boolean {
  if (node.type === "leaf") return value !== undefined && node.admits(value);
  if (!isPlainObject(value)) return false;
  if (node.type === "variant") {
    const branch = Object.hasOwn(value, node.key) ? branchOf(node, value[node.key]) : undefined;
    return branch !== undefined && containsParams(branch, value);
  }
  if (Object.keys(value).length !== node.fields.size) return false;
  return [...node.fields].every(
    ([field, child]) => Object.hasOwn(value, field) && containsParams(child, value[field]),
  );
}
