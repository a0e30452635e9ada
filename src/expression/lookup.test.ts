import { expect, test } from "vitest";
import { lookupName, type TrialScope } from "./lookup.ts";

const scope: TrialScope = {
  params: { lr: 0.1, model: { depth: 3 }, "a.b": 1, number: 7, off: null },
  results: { lr: 0.2, accuracy: 0.9, off: 1 },
  metrics: { accuracy: 0.8, "val.loss": 0.5 },
  fields: { status: "completed", number: 0 },
};

test.each([
  ["lr", 0.1],
  ["results.lr", 0.2],
  ["accuracy", 0.9],
  ["metrics.accuracy", 0.8],
  ["model.depth", 3],
  ["params.model.depth", 3],
  ["a.b", 1],
  ["val.loss", 0.5],
  ["metrics.val.loss", 0.5],
  ["status", "completed"],
  ["number", 7],
  ["off", null],
  ["params.accuracy", undefined],
  ["fields.status", undefined],
  ["worker", undefined],
  ["constructor", undefined],
])("%s is found in params, then results, then metrics, then the trial", (name, value) => {
  expect(lookupName(scope, name)).toBe(value);
});

test("a trial without results has none", () => {
  expect(lookupName({ ...scope, results: null }, "results.lr")).toBeUndefined();
});
