import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { decodeValue } from "../values/decode.ts";
import { encodeResults } from "./results.ts";

const loss = [{ name: "loss", direction: "minimize" }] as const;

test("a map is stored as it is, with the first objective beside it", () => {
  const results = { loss: 0.5, weights: new Float32Array([1]), list: [1n] };
  const encoded = encodeResults(results, loss);
  expect(decodeValue(encoded.results)).toEqual(results);
  expect(encoded.objective).toBe(0.5);
});

test("a bare number is the one objective", () => {
  expect(encodeResults(0.25, loss)).toEqual({ results: '{"loss":0.25}', objective: 0.25 });
});

test("nothing is an empty map where no objective is declared", () => {
  expect(encodeResults(undefined, [])).toEqual({ results: "{}" });
  expect(encodeResults(null, [])).toEqual({ results: "{}" });
});

test("an objective that is NaN is stored, and is the best of nothing", () => {
  expect(encodeResults({ loss: NaN }, loss)).toEqual({ results: '{"loss":{"$number":"NaN"}}' });
  expect(encodeResults({ loss: -Infinity }, loss).objective).toBe(-Infinity);
});

test("a plain map of another realm is one", () => {
  const foreign: unknown = runInNewContext("({ loss: 1 })");
  expect(encodeResults(foreign, loss).objective).toBe(1);
});

test.each([
  [
    { accuracy: 1, f1: 2 },
    'The results lack the declared objective "loss"; the trial returned accuracy, f1',
  ],
  [undefined, 'The results lack the declared objective "loss"; the trial returned nothing'],
  [{ loss: "0.5" }, 'The objective "loss" must be a number, got the text "0.5"'],
  [{ loss: 1n }, 'The objective "loss" must be a number, got a bigint'],
  [{ loss: null }, 'The objective "loss" must be a number, got null'],
  [{ loss: 1, model: { run: () => 1 } }, "Cannot store a function at results.model.run"],
  ["text", 'A trial returns a map of results such as { loss: 0.3 }, got the text "text"'],
  [[1], "A trial returns a map of results such as { loss: 0.3 }, got an array"],
  [new Map(), "A trial returns a map of results such as { loss: 0.3 }, got an instance of Map"],
])("%o is INVALID_RESULTS, and says why", (returned, message) => {
  expect(() => encodeResults(returned, loss)).toThrow(
    expect.objectContaining({ code: "INVALID_RESULTS", message }),
  );
});

test("a bare number needs exactly one objective", () => {
  for (const objectives of [[], [...loss, { name: "time", direction: "minimize" } as const]]) {
    expect(() => encodeResults(1, objectives)).toThrow(
      "The trial returned the number 1, which needs exactly one declared objective; return a map such as { loss: 1 }",
    );
  }
});
