import { AssayError } from "../errors/assay-error.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import type { Space } from "../space/space.ts";
import type { ExecuteOptions } from "./execute-options.ts";

/** The part of a space that `name=value` leaves; undefined when nothing is fixed. */
export function narrowedSpace(
  space: Space,
  narrow: ExecuteOptions["narrow"],
): NarrowedSpace | undefined {
  if (narrow === undefined) return undefined;
  const values = isTextList(narrow)
    ? parseAssignments(space, narrow)
    : new Map(Object.entries(narrow));
  return values.size === 0 ? undefined : space.narrow(values);
}

function isTextList(narrow: object): narrow is readonly string[] {
  return Array.isArray(narrow);
}

/** The values of texts `name=value`, each as its dimension reads it. */
export function parseAssignments(space: Space, texts: readonly string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at <= 0) {
      throw new AssayError("USAGE", `"${text}" is no assignment; write name=value`);
    }
    const name = text.slice(0, at);
    if (values.has(name)) throw new AssayError("USAGE", `"${name}" is given twice`);
    values.set(name, space.parseText(name, text.slice(at + 1)));
  }
  return values;
}
