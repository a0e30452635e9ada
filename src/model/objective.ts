import { AssayError } from "../errors/assay-error.ts";

export type Direction = "minimize" | "maximize";

/** A result that the experiment wants small or large. */
export interface Objective {
  readonly name: string;
  readonly direction: Direction;
}

/** How an objective is declared. */
export type ObjectiveInput =
  | { readonly minimize: string; readonly maximize?: never }
  | { readonly maximize: string; readonly minimize?: never };

/** The declared objectives, in order. Throws `INVALID_SPACE` on anything else than `{ minimize | maximize: "name" }`. */
export function parseObjectives(input: unknown): readonly Objective[] {
  if (input === undefined || input === null) return [];
  const declared: readonly unknown[] = Array.isArray(input) ? input : [input];
  return declared.map((item) => {
    if (typeof item === "object" && item !== null) {
      for (const direction of ["minimize", "maximize"] as const) {
        const name: unknown = Reflect.get(item, direction);
        if (typeof name === "string" && name !== "" && Object.keys(item).length === 1) {
          return { name, direction };
        }
      }
    }
    throw new AssayError(
      "INVALID_SPACE",
      'An objective is declared as { minimize: "result" } or { maximize: "result" }',
    );
  });
}

/** Whether `a` is a better value than `b`. NaN is worse than everything. */
export function isBetter(direction: Direction, a: number, b: number): boolean {
  if (Number.isNaN(a)) return false;
  if (Number.isNaN(b)) return true;
  return direction === "minimize" ? a < b : a > b;
}
