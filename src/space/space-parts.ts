import { invalidSpace } from "./invalid-space.ts";
import { createMatchedGrid, type MatchedValues } from "./grids/matched-grid.ts";
import { type Grid } from "./grids/grid.ts";
import { leavesOf, namesOf, type PlacedLeaf } from "./nodes/leaves.ts";
import { type NestedNode } from "./nodes/node.ts";
import { type Params } from "./params-of.ts";

/** What the members of a space work on. */
export interface SpaceParts {
  readonly root: NestedNode;
  readonly leaves: readonly PlacedLeaf[];
  readonly matched: readonly MatchedValues[];
  /** The trials by index, with their matched values; undefined for a space that is sampled. */
  readonly grid: Grid<Params> | undefined;
}

/** The parts of a space, checked as a whole: its size, and its matched values. */
export function takeApart(root: NestedNode): SpaceParts {
  const leaves = [...leavesOf(root)];
  const matched = matchedOf(leaves);
  const { grid } = root;
  if (grid !== undefined) checkSize(grid.size);
  const [first] = matched;
  if (first === undefined) return { root, leaves, matched, grid };
  if (grid === undefined) throw sampledBeside(first, leaves);
  const other = matched.find(({ values }) => values.length !== first.values.length);
  if (other !== undefined) throw unequal(first, other);
  for (const { name, values } of matched) {
    if (values.length === grid.size) continue;
    throw invalidSpace(
      undefined,
      `matched dimension "${name}" has ${counted(values.length, "value")}, but the grid has ${counted(grid.size, "trial")}`,
      { parameter: name, values: values.length, trials: grid.size },
    );
  }
  return { root, leaves, matched, grid: createMatchedGrid(grid, matched) };
}

/** Complains about a grid whose trials cannot all be numbered. */
export function checkSize(size: number): void {
  if (size <= Number.MAX_SAFE_INTEGER) return;
  throw invalidSpace(
    undefined,
    `the grid has ${size} trials; at most ${Number.MAX_SAFE_INTEGER} can be numbered`,
    { size },
  );
}

/** Names of the inputs that have neither a value nor a default. */
export function requiredOf(leaves: readonly PlacedLeaf[]): readonly string[] {
  const open = leaves.filter(
    ({ leaf }) => leaf.definition.kind === "parameter" && leaf.fallback === undefined,
  );
  return namesOf(open);
}

function matchedOf(leaves: readonly PlacedLeaf[]): readonly MatchedValues[] {
  return leaves.flatMap(({ name, leaf: { definition }, conditions }) => {
    if (definition.kind !== "matched") return [];
    if (conditions.size === 0) return [{ name, values: definition.values }];
    throw invalidSpace(name, "matched values go to all trials, so they cannot be inside a branch");
  });
}

function sampledBeside({ name }: MatchedValues, leaves: readonly PlacedLeaf[]): Error {
  const sampled = leaves.find(({ leaf }) => leaf.grid === undefined)?.name ?? "another";
  return invalidSpace(
    undefined,
    `matched dimension "${name}" needs a grid, but "${sampled}" can only be sampled`,
    { parameter: name, sampled },
  );
}

function unequal(a: MatchedValues, b: MatchedValues): Error {
  const has = ({ name, values }: MatchedValues): string =>
    `"${name}" has ${counted(values.length, "value")}`;
  return invalidSpace(
    undefined,
    `matched dimensions are equally long, but ${has(a)} and ${has(b)}`,
    {
      parameters: [a.name, b.name],
      values: [a.values.length, b.values.length],
    },
  );
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
