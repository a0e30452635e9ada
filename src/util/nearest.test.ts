import { expect, test } from "vitest";
import { didYouMean } from "./nearest.ts";

const verbs = ["run", "list", "status", "trials", "accuracy"];

test.each([
  ["statsu", "status"],
  ["rnu", "run"],
  ["trails", "trials"],
  ["acc", "accuracy"],
  ["Lst", "list"],
])('"%s" is near "%s"', (word, candidate) => {
  expect(didYouMean(word, verbs)).toBe(`; did you mean "${candidate}"?`);
});

test.each(["xyz", "", "r", "plot"])('"%s" is near nothing', (word) => {
  expect(didYouMean(word, verbs)).toBe("");
});
