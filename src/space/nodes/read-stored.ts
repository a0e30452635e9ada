import { isPlainObject } from "../../values/plain.ts";
import { createLeaf } from "../dimensions/create-leaf.ts";
import { invalidSpace } from "../invalid-space.ts";
import { showValue } from "../show-value.ts";
import { readNested, readVariant } from "./composite.ts";
import { type NestedNode, type SpaceNode } from "./node.ts";

/** The space of a stored definition, which is checked as one from a program is. */
export function readStored(definition: unknown): NestedNode {
  return readNested(fieldsOf(definition, ""), "", readField);
}

function readField(definition: unknown, name: string): SpaceNode {
  if (!isPlainObject(definition) || typeof definition["kind"] !== "string") {
    throw invalidSpace(name, `${showValue(definition)} is no definition of a dimension`);
  }
  const { kind, ...fields } = definition;
  if (kind === "nested") return readNested(fieldsOf(definition, name), name, readField);
  if (kind === "variant") return readVariant(fields, name, readField, fieldsOf);
  return createLeaf({ ...fields, kind }, name);
}

function fieldsOf(definition: unknown, name: string): unknown {
  if (isPlainObject(definition) && definition["kind"] === "nested") return definition["fields"];
  throw invalidSpace(name, `${showValue(definition)} is no definition of nested parameters`);
}
