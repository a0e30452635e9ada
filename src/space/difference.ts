import { equalValues } from "../values/compare.ts";
import { type Space, type SpaceDimension } from "./space.ts";

/**
 * What differs from one space to another, a line for each parameter: `m: 5 became 1`,
 * `+ depth: choice([1, 2])`, `- width: 3`. None for equal spaces.
 */
export function describeDifference(before: Space, after: Space): string[] {
  const old = byLabel(before);
  const current = byLabel(after);
  const lines: string[] = [];
  for (const [label, dimension] of old) {
    const other = current.get(label);
    if (other === undefined) lines.push(`- ${label}: ${dimension.description}`);
    else if (!equalValues(dimension.definition, other.definition)) {
      lines.push(`${label}: ${dimension.description} became ${other.description}`);
    }
  }
  for (const [label, dimension] of current) {
    if (!old.has(label)) lines.push(`+ ${label}: ${dimension.description}`);
  }
  // The hash knows the order only where it decides which trial gets which matched value.
  if (lines.length === 0 && before.hash !== after.hash) {
    lines.push(`order: ${[...old.keys()].join(", ")} became ${[...current.keys()].join(", ")}`);
  }
  return lines;
}

/** Dimensions by name, and branch where a variant has one. */
function byLabel({ dimensions }: Space): ReadonlyMap<string, SpaceDimension> {
  return new Map(
    dimensions.map((dimension) => {
      const conditions = [...dimension.conditions].map(([name, branch]) => `${name} = ${branch}`);
      const suffix = conditions.length === 0 ? "" : ` (${conditions.join(", ")})`;
      return [dimension.name + suffix, dimension];
    }),
  );
}
