import { AssayError } from "../errors/assay-error.ts";
import { equalValues } from "../values/compare.ts";
import { getPath } from "../values/path.ts";
import { type LeafDefinition } from "./definition.ts";
import { type NarrowedSpace, type NarrowedTrial } from "./narrowed-space.ts";
import { type Grid } from "./grids/grid.ts";
import { type MatchedValues, withMatched } from "./grids/matched-grid.ts";
import { type Leaf } from "./dimensions/leaf.ts";
import { leavesOf, namesOf } from "./nodes/leaves.ts";
import { type NestedNode } from "./nodes/node.ts";
import { type Params } from "./params-of.ts";
import { missingValue, rejectedValue, unknownParameter } from "./rejections.ts";
import { fixLeaf, restrictNested } from "./restrict.ts";
import { showValue } from "./show-value.ts";
import { checkSize, requiredOf, type SpaceParts } from "./space-parts.ts";

type Fixed = ReadonlyMap<string, unknown>;

/** The trials of a narrowed space. */
interface Trials {
  readonly size: number;
  readonly at: (position: number) => NarrowedTrial;
}

/**
 * The part of a space where parameters have the given values. Trials of the whole grid keep their
 * index and their order; they are found by their parameters, so nothing is listed in advance.
 */
export function narrowSpace(space: SpaceParts, values: Fixed | Params): NarrowedSpace {
  const fixed: Fixed = values instanceof Map ? new Map(values) : new Map(Object.entries(values));
  checkFixed(space, fixed);
  const root = restrictTo(space, fixed, ["matched"]);
  if (root === undefined) throw neverTogether(fixed);

  const trials =
    space.matched.length > 0 ? pairedTrials(space, root, fixed) : freeTrials(space, root);
  if (trials !== undefined) checkSize(trials.size);
  const size = trials?.size ?? Infinity;
  const required = requiredOf([...leavesOf(root)]);

  function checkRequired(): void {
    for (const name of required) throw missingValue(name, "any value");
  }

  function at(position: number): NarrowedTrial {
    checkRequired();
    if (trials === undefined) {
      throw new RangeError("A space that is sampled has no trials by index");
    }
    if (Number.isInteger(position) && position >= 0 && position < size) return trials.at(position);
    throw new RangeError(`Position ${position} is outside ${size} trials`);
  }

  return {
    fixed,
    size,
    at,
    matches: (params) =>
      [...fixed].every(([name, value]) => equalValues(getPath(params, name), value)),
    sample(random) {
      checkRequired();
      return space.matched.length > 0
        ? at(random.integer(0, size - 1)).params
        : root.sample(random);
    },
  };
}

/**
 * The space with the fixed values, where dimensions of some kinds stay as they are. Where values
 * are matched to the trials of the grid, only what is on the grid is possible.
 */
function restrictTo(
  { root, matched }: SpaceParts,
  fixed: Fixed,
  staying: readonly LeafDefinition["kind"][],
): NestedNode | undefined {
  return restrictNested(root, [...fixed.keys()], (leaf, name) => {
    const value = fixed.get(name);
    if (staying.includes(leaf.definition.kind)) return leaf;
    return matched.length > 0 && !isOnGrid(leaf, value) ? undefined : fixLeaf(leaf, name, value);
  });
}

/** Free inputs take any value without moving other trials, so theirs count as on the grid. */
function isOnGrid({ grid, definition }: Leaf, value: unknown): boolean {
  return definition.kind === "parameter" || (grid?.count(value) ?? 0) > 0;
}

/** Each value must be one that its parameter admits; where a name is shared, in some branch. */
function checkFixed({ leaves, matched }: SpaceParts, fixed: Fixed): void {
  for (const [name, value] of fixed) {
    const named = leaves.filter((placed) => placed.name === name).map(({ leaf }) => leaf);
    if (named.length === 0) throw unknownParameter(name, namesOf(leaves));
    const admitting = named.filter((leaf) => leaf.admits(value));
    if (admitting.length === 0) throw rejectedValue(name, value, named);
    const [first] = matched;
    if (first === undefined || admitting.some((leaf) => isOnGrid(leaf, value))) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `Parameter "${name}" cannot be ${showValue(value)}: it is not on the grid, so no value of the matched dimension "${first.name}" belongs to it`,
      { details: { parameter: name, value, matched: first.name } },
    );
  }
}

function neverTogether(fixed: Fixed): AssayError {
  const values = [...fixed].map(([name, value]) => `${name} = ${showValue(value)}`).join(" and ");
  return new AssayError("INVALID_VALUE", `No trial has ${values}`, {
    details: { parameters: [...fixed.keys()] },
  });
}

/** Trials without matched values; undefined when the narrowed space can only be sampled. */
function freeTrials(space: SpaceParts, { grid }: NestedNode): Trials | undefined {
  if (grid === undefined) return undefined;
  return {
    size: grid.size,
    at(position) {
      const params = grid.at(position);
      const occurrence = grid.rank(position);
      return { index: space.grid?.indexOf(params, occurrence), params, occurrence };
    },
  };
}

/**
 * Trials with matched values, which belong to indices of the whole product. To find these, free
 * inputs stay at what the product has for them; all other values are on the grid.
 */
function pairedTrials(space: SpaceParts, { grid }: NestedNode, fixed: Fixed): Trials | undefined {
  const whole = space.root.grid;
  const paired = restrictTo(space, fixed, ["matched", "parameter"])?.grid;
  if (grid === undefined || whole === undefined || paired === undefined) return undefined;

  const indexAt = (position: number): number => {
    const index = whole.indexOf(paired.at(position), paired.rank(position));
    if (index === undefined) throw new RangeError(`Position ${position} is not on the grid`);
    return index;
  };
  const positions = positionsOf(paired, space.matched, fixed, indexAt);
  const isNew = space.leaves.some(
    ({ name, leaf }) =>
      leaf.definition.kind === "parameter" &&
      fixed.has(name) &&
      !equalValues(fixed.get(name), leaf.fallback),
  );
  return {
    size: positions?.length ?? grid.size,
    at(place) {
      const position = positions?.[place] ?? place;
      const index = indexAt(position);
      return {
        index: isNew ? undefined : index,
        params: withMatched(grid.at(position), space.matched, index),
        occurrence: space.grid?.rank(index) ?? 0,
      };
    },
  };
}

/** Where the matched parameters themselves have their fixed values; undefined when none is fixed. */
function positionsOf(
  paired: Grid<Params>,
  matched: readonly MatchedValues[],
  fixed: Fixed,
  indexAt: (position: number) => number,
): readonly number[] | undefined {
  const filters = matched.filter(({ name }) => fixed.has(name));
  if (filters.length === 0) return undefined;
  return Array.from({ length: paired.size }, (_, position) => position).filter((position) =>
    filters.every(({ name, values }) => equalValues(values[indexAt(position)], fixed.get(name))),
  );
}
