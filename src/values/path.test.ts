import { expect, test } from "vitest";
import { flattenPaths, getPath } from "./path.ts";

test("a dotted path leads through plain objects", () => {
  const value = { model: { depth: 3, layers: [1] }, lr: 0.1 };
  expect(getPath(value, "lr")).toBe(0.1);
  expect(getPath(value, "model.depth")).toBe(3);
  expect(getPath(value, "model")).toBe(value.model);
});

test.each([
  "x",
  "model.x",
  "lr.x",
  "model.layers.0",
  "model.layers.length",
  "constructor",
  "__proto__",
  "",
])("nothing is found at %j", (path) => {
  expect(getPath({ model: { layers: [1] }, lr: 0.1 }, path)).toBeUndefined();
});

test("leaves come with their paths, in order", () => {
  const date = new Date(0);
  expect(flattenPaths({ b: { c: { d: 1 }, e: [{ f: 2 }] }, a: date, empty: {} })).toEqual([
    ["b.c.d", 1],
    ["b.e", [{ f: 2 }]],
    ["a", date],
    ["empty", {}],
  ]);
});

test("every path leads to its leaf", () => {
  const value = { a: { b: { c: null }, d: "x" }, e: 5 };
  for (const [path, leaf] of flattenPaths(value)) expect(getPath(value, path)).toBe(leaf);
});
