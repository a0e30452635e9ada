import { expect, test } from "vitest";
import { namesOf } from "./names.ts";
import { parseExpression } from "./parse.ts";

test("the names of an expression are listed once, in their order", () => {
  const text = "b < a.c or not (x in (1) and 0 < b < y) or results.z is null or 1 = 1";
  expect(namesOf(parseExpression(text))).toEqual(["b", "a.c", "x", "y", "results.z"]);
});
