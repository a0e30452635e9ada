import { canonicalText, hashText } from "../values/canonical.ts";
import { narrowSpace } from "./narrow.ts";
import { type NestedNode } from "./nodes/node.ts";
import { readInput } from "./nodes/read-input.ts";
import { readStored } from "./nodes/read-stored.ts";
import { type ParamsOf, type SpaceInput } from "./params-of.ts";
import { containsParams, parseParams } from "./parse-params.ts";
import { parseText } from "./parse-text.ts";
import { missingValue } from "./rejections.ts";
import { requiredOf, type SpaceParts, takeApart } from "./space-parts.ts";
import { type Space } from "./space.ts";

/**
 * The space that an object of dimensions by name declares. A text of the form `word(…)` is an Oríon
 * prior; every other plain value is a constant; a plain object is nested parameters.
 * `INVALID_SPACE` names the parameter by its full path, and what it needs.
 */
export function createSpace<const Input extends SpaceInput>(input: Input): Space<ParamsOf<Input>>;
export function createSpace(input: unknown): Space {
  return buildSpace(readInput(input));
}

/** The space that `space.definition` described, checked: it comes from a database or a worker. */
export function spaceFromDefinition(definition: unknown): Space {
  return buildSpace(readStored(definition));
}

function buildSpace(root: NestedNode): Space {
  const parts = takeApart(root);
  const { leaves, matched, grid } = parts;
  const size = grid?.size ?? Infinity;
  const required = requiredOf(leaves);
  let hash: string | undefined;

  function checkRequired(): void {
    for (const name of required) throw missingValue(name, "any value");
  }

  const space: Space = {
    definition: root.definition,
    get hash() {
      return (hash ??= hashOf(parts));
    },
    dimensions: leaves.map(({ name, leaf, conditions }) => ({
      name,
      definition: leaf.definition,
      description: leaf.description,
      enumerable: leaf.grid !== undefined,
      cardinality: leaf.cardinality,
      conditions,
    })),
    enumerable: grid !== undefined,
    size,
    cardinality: root.cardinality,
    required,
    at(index) {
      checkRequired();
      if (grid !== undefined && Number.isInteger(index) && index >= 0 && index < size) {
        return grid.at(index);
      }
      throw outside(index, size);
    },
    occurrenceAt(index) {
      if (grid !== undefined && Number.isInteger(index) && index >= 0 && index < size) {
        return grid.rank(index);
      }
      throw outside(index, size);
    },
    indexOf: (params, occurrence = 0) => grid?.indexOf(params, occurrence),
    sample(random) {
      checkRequired();
      const paired = grid !== undefined && matched.length > 0;
      return paired ? grid.at(random.integer(0, size - 1)) : root.sample(random);
    },
    parse: (params) => parseParams(root, params),
    contains: (params) => containsParams(root, params),
    parseText: (name, text) => parseText(leaves, name, text),
    narrow: (values) => narrowSpace(parts, values),
  };
  return space;
}

function outside(index: number, size: number): RangeError {
  return Number.isFinite(size)
    ? new RangeError(`Trial ${index} is outside a grid of ${size} trials`)
    : new RangeError("A space that is sampled has no trials by index");
}

function hashOf({ root, leaves, matched }: SpaceParts): string {
  const { definition } = root;
  const order = leaves.map(({ name }) => name);
  return hashText(canonicalText(matched.length === 0 ? definition : { definition, order }));
}
