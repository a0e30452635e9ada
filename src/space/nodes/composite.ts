import { isPlainObject } from "../../values/plain.ts";
import { invalidSpace } from "../invalid-space.ts";
import { showValue } from "../show-value.ts";
import { checkName, joinName } from "./names.ts";
import { createNestedNode } from "./nested-node.ts";
import { type NestedNode, type SpaceNode, type VariantNode } from "./node.ts";
import { createBranch, createVariantNode } from "./variant-node.ts";

/** Reads one field of an object, which may be nested again. */
type NodeReader = (value: unknown, name: string) => SpaceNode;

const maxDepth = 64;

/** Nested parameters from an object of them. `name` is its path, "" for the whole space. */
export function readNested(fields: unknown, name: string, read: NodeReader): NestedNode {
  return createNestedNode(readFields(fields, name, read));
}

/** Conditional parameters from an object of branches, each of which `fieldsOf` finds the fields in. */
export function readVariant(
  raw: Readonly<Record<string, unknown>>,
  name: string,
  read: NodeReader,
  fieldsOf: (branch: unknown, name: string) => unknown,
): VariantNode {
  const { key, branches } = raw;
  if (typeof key !== "string") {
    throw invalidSpace(name, `variant needs the name of its key, got ${showValue(key)}`);
  }
  checkName(key, name);
  if (!isPlainObject(branches) || Object.keys(branches).length === 0) {
    throw invalidSpace(name, `variant needs an object of at least one branch`);
  }
  const nodes = new Map<string, NestedNode>();
  for (const [branch, content] of Object.entries(branches)) {
    if (branch === "" || branch === "__proto__") {
      throw invalidSpace(name, `variant has a branch named ${JSON.stringify(branch)}`);
    }
    const fields = readFields(fieldsOf(content, name), name, read);
    if (fields.has(key)) {
      throw invalidSpace(
        joinName(name, key),
        `branch "${branch}" has a parameter of the name that holds the branch`,
      );
    }
    nodes.set(branch, createBranch(key, branch, fields));
  }
  return createVariantNode(key, nodes);
}

function readFields(
  fields: unknown,
  name: string,
  read: NodeReader,
): ReadonlyMap<string, SpaceNode> {
  if (!isPlainObject(fields)) {
    throw invalidSpace(name, `parameters are given as an object of them by name`);
  }
  if (name.split(".").length > maxDepth) {
    throw invalidSpace(
      name.slice(0, 40),
      `parameters are nested more than ${maxDepth} levels deep`,
    );
  }
  const nodes = new Map<string, SpaceNode>();
  for (const [field, value] of Object.entries(fields)) {
    checkName(field, name);
    nodes.set(field, read(value, joinName(name, field)));
  }
  return nodes;
}
