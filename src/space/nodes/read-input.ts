import { isPlainObject } from "../../values/plain.ts";
import { createLeaf } from "../dimensions/create-leaf.ts";
import { isDimension } from "../dimension.ts";
import { invalidSpace } from "../invalid-space.ts";
import { isPriorText, parsePrior } from "../prior/parse-prior.ts";
import { readNested, readVariant } from "./composite.ts";
import { type NestedNode, type SpaceNode } from "./node.ts";

/** The space that a program declares: dimensions, priors as texts, constants, nested objects. */
export function readInput(input: unknown): NestedNode {
  if (isDimension(input))
    throw invalidSpace(undefined, "a space is an object of dimensions by name");
  return readNested(input, "", readField);
}

function readField(input: unknown, name: string): SpaceNode {
  if (isDimension(input)) {
    if (input.raw.kind !== "variant") return createLeaf(input.raw, name);
    return readVariant(input.raw, name, readField, (branch) => branch);
  }
  if (typeof input === "string" && isPriorText(input)) {
    return createLeaf(parsePrior(input, name).raw, name);
  }
  if (isPlainObject(input)) return readNested(input, name, readField);
  if (input === undefined) {
    throw invalidSpace(name, "undefined is no value; parameter() declares one that is given later");
  }
  return createLeaf({ kind: "constant", value: input }, name);
}
