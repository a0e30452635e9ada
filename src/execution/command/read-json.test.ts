import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonError, readJson } from "./read-json.ts";

const pieces = ["[", "]", "{", "}", ",", ":", '"', "\\", "0", "1", ".", "e", "-", " ", "true", "n"];

describe("JSON of a command", () => {
  test("is read as JSON.parse reads it, also where only the slow way remains", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, 1);
        expect(readJson(text)).toEqual(JSON.parse(text));
        expect(readJson(`{"nan":NaN,"value":${text}}`)).toEqual({
          nan: NaN,
          value: JSON.parse(text) as unknown,
        });
      }),
    );
  });

  test("may hold the numbers that Python writes", () => {
    expect(readJson('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN"}')).toEqual({
      a: NaN,
      b: [Infinity, -Infinity],
      c: "NaN",
    });
  });

  test("is refused where JSON.parse refuses it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...pieces) }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(() => readJson(text)).toThrow(JsonError);
      }),
    );
  });

  test.each([
    ["{'loss': 1}", 1, 'it has "\'" where a name in double quotes should be'],
    ['{"loss": 0.3', 12, 'it ends where "," or "}" should be'],
    ['{"loss": }', 9, 'it has "}" where a value should be'],
    ["", 0, "it ends where a value should be"],
    ["{} x", 3, 'it has "x" where nothing more should be'],
    ["[1 2]", 3, 'it has "2" where "," or "]" should be'],
    ["[1,]", 3, 'it has "]" where a value should be'],
    ["01", 0, 'it has "0" where a value should be'],
    ["loss 😀", 0, 'it has "l" where a value should be'],
    ["[".repeat(2000), 1001, "is nested too deeply"],
  ])("%j is refused at its place", (text, position, message) => {
    expect(() => readJson(text)).toThrow(expect.objectContaining({ position, message }));
  });
});
