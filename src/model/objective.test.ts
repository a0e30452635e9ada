import { expect, test } from "vitest";
import { isBetter, parseObjectives } from "./objective.ts";

test("objectives are declared one by one or in a list", () => {
  expect(parseObjectives(undefined)).toEqual([]);
  expect(parseObjectives({ minimize: "loss" })).toEqual([{ name: "loss", direction: "minimize" }]);
  expect(parseObjectives([{ maximize: "a" }, { minimize: "b" }])).toEqual([
    { name: "a", direction: "maximize" },
    { name: "b", direction: "minimize" },
  ]);
});

test.each([
  ["loss"],
  [{}],
  [{ minimize: "" }],
  [{ minimize: 1 }],
  [{ minimise: "loss" }],
  [{ minimize: "a", maximize: "b" }],
  [[{ minimize: "a" }, null]],
])("%o is INVALID_SPACE", (input) => {
  expect(() => parseObjectives(input)).toThrow(expect.objectContaining({ code: "INVALID_SPACE" }));
});

test("NaN is worse than everything", () => {
  expect(isBetter("minimize", 1, 2)).toBe(true);
  expect(isBetter("minimize", 2, 1)).toBe(false);
  expect(isBetter("maximize", 2, 1)).toBe(true);
  expect(isBetter("minimize", 1, 1)).toBe(false);
  for (const direction of ["minimize", "maximize"] as const) {
    expect(isBetter(direction, NaN, Infinity)).toBe(false);
    expect(isBetter(direction, Infinity, NaN)).toBe(true);
    expect(isBetter(direction, NaN, NaN)).toBe(false);
  }
});
