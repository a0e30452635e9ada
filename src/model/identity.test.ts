import { expect, test } from "vitest";
import { contentKey, newExperimentId, trialId } from "./identity.ts";

test("the content key depends on the values and the occurrence, not on the order of keys", () => {
  const key = contentKey({ a: 1, b: { c: [2], d: 3 } }, 0);
  expect(contentKey({ b: { d: 3, c: [2] }, a: 1 }, 0)).toBe(key);
  expect(contentKey({ a: 1, b: { c: [2], d: 3 } }, 1)).not.toBe(key);
  const others = [{ a: 1 }, { a: "1" }, { a: 1n }, { a: true }, { a: null }, { a: [1] }, {}];
  expect(new Set(others.map((params) => contentKey(params, 0))).size).toBe(others.length);
});

test("a trial's id is its own in every experiment", () => {
  const one = newExperimentId();
  const other = newExperimentId();
  const key = contentKey({ a: 1 }, 0);
  expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect(one).not.toBe(other);
  expect(trialId(one, key)).toMatch(/^[0-9a-f]{32}$/);
  expect(trialId(one, key)).toBe(trialId(one, key));
  expect(trialId(one, key)).not.toBe(trialId(other, key));
});
