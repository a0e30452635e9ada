import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { isCloneable } from "./is-cloneable.ts";

class Model {
  weights = [1, 2];
}

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

describe("a clone is worth as much as", () => {
  test.each<[what: string, value: unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a number", NaN],
    ["a big integer", 1n],
    ["a text", "a"],
    ["nested data", { a: [1, { b: new Date(0) }], c: undefined }],
    ["an object without a prototype", Object.create(null)],
    ["an object of another realm", vm.runInNewContext("({ a: [1] })")],
    [
      "typed arrays and their memory",
      [new Float64Array(2), new ArrayBuffer(2), new DataView(new ArrayBuffer(1))],
    ],
    ["shared memory", { at: new Int32Array(new SharedArrayBuffer(4)) }],
    ["maps and sets of data", new Map([[{ a: 1 }, new Set([1, [2]])]])],
    ["an error", new RangeError("No")],
    ["a regular expression", /a/g],
    ["a cycle", cyclic],
  ])("%s", (_, value) => {
    expect(isCloneable(value)).toBe(true);
    expect(() => structuredClone(value)).not.toThrow();
  });
});

describe("a clone is not worth as much as", () => {
  test.each<[what: string, value: unknown]>([
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["an instance of a class", new Model()],
    ["an instance of a class in a list", [1, { model: new Model() }]],
    ["a class in a map's values", new Map([["a", new Model()]])],
    ["a function in a map's keys", new Map([[() => 1, 1]])],
    ["a function in a set", new Set([() => 1])],
    [
      "an object with a getter",
      {
        get now() {
          return 1;
        },
      },
    ],
    ["an instance of a class that extends a map", new (class Table extends Map {})()],
    ["an instance of a class that extends an array", new (class Rows extends Array {})()],
    [
      "an instance of a class that extends a typed array",
      new (class Net extends Float64Array {})(),
    ],
    ["an instance of a class that extends an error", new (class Lost extends Error {})()],
    ["what inherits from an object", Object.create({ predict: () => 1 })],
    ["a promise", Promise.resolve()],
    ["a weak map", new WeakMap()],
    ["a Buffer, which would come back as another class", { bytes: Buffer.alloc(1) }],
    [
      "a method",
      {
        predict() {
          return 1;
        },
      },
    ],
  ])("%s", (_, value) => {
    expect(isCloneable(value)).toBe(false);
  });
});
