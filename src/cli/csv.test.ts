import { expect, test } from "vitest";
import { toCsvLine } from "./csv.ts";

test.each<[string, unknown, string]>([
  ["a number", 0.1, "0.1"],
  ["NaN", NaN, "NaN"],
  ["a big integer", 2n ** 70n, "1180591620717411303424"],
  ["a truth value", true, "true"],
  ["a plain text", "adam", "adam"],
  ["an empty text, unlike an absent value", "", '""'],
  ["null", null, ""],
  ["what is absent", undefined, ""],
  ["a text with a comma", "a,b", '"a,b"'],
  ["a text with quotes", 'say "a"', '"say ""a"""'],
  ["a text with a line break", "a\nb", '"a\nb"'],
  ["a text with blanks around it", " a ", '" a "'],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a list", [1, "a"], '"[1,""a""]"'],
  ["a typed array", new Float32Array([0.5]), "[0.5]"],
  ["an object", { a: 1, b: NaN }, '"{""a"":1,""b"":""NaN""}"'],
])("a field of CSV can be %s", (_, value, field) => {
  expect(toCsvLine(["x", value])).toBe(`x,${field}\n`);
});
