import { describe, expect, test } from "vitest";
import { fillFile, parseFile } from "./file-template.ts";

/** The marks of a file, and its text for these values. */
function fill(name: string, text: string, values: Readonly<Record<string, unknown>>) {
  const { template, marks } = parseFile({ name, text });
  const filled = fillFile(template, (field) => values[field.slice("params.".length)]);
  return { marks: marks.map((mark) => [mark.name, mark.prior]), filled };
}

describe("a mark in a file becomes the value", () => {
  test.each([
    ["a.yaml", "lr: lr~loguniform(1e-5, 1)\nn: 1\n", { lr: 0.5 }, "lr: 0.5\nn: 1\n"],
    ["a.yml", `act: "act~choices(['a', 'b'])" # which`, { act: "no" }, `act: "no" # which`],
    ["a.yaml", `act: act~choices(["a", "b)"])`, { act: "b)" }, `act: "b)"`],
    ["a.json", `{"lr": "lr~uniform(0, 1)", "x": "y"}`, { lr: 1e-7 }, `{"lr": 1e-7, "x": "y"}`],
    ["a.json", `{"on": "on~choices([True, False])"}`, { on: true }, `{"on": true}`],
    ["a.json", `{"v": "v~uniform(0, 1, shape=2)"}`, { v: [0.5, 1] }, `{"v": [0.5,1]}`],
    ["a.ini", "rate=rate~uniform(0, 1);", { rate: 0.25 }, "rate=0.25;"],
    ["a.py", `name = "name~choices(['x', 'y'])"`, { name: "x" }, `name = "x"`],
    ["a.txt", "m.d~linspace(0, 1, 2) m-e~uniform(0, 1)", { "m.d": 1, "m-e": 2 }, "1 2"],
  ])("%s: %s", (name, text, values, filled) => {
    const result = fill(name, text, values);
    expect(result.filled).toBe(filled);
    expect(result.marks.map(([mark]) => mark)).toEqual(Object.keys(values));
  });

  test("and nothing else changes", () => {
    const text = "path: ~/data\nHEAD~1 a~b x ~ y\n{trial.id} ~uniform(0, 1)\r\n";
    expect(fill("a.yaml", text, {})).toEqual({ marks: [], filled: text });
  });
});

test.each([
  ["a: 1\nlr: lr~uniform(0, 1\n", 'a.yaml:2: the prior of "lr" has no ")" at its end'],
  ["lr: orion~uniform(0, 1)", 'a.yaml:1: "orion~uniform(0, 1)" lacks the parameter\'s name'],
])("what is no mark is told with its line: %j", (text, message) => {
  expect(() => parseFile({ name: "a.yaml", text })).toThrow(message);
});
