import { describe, expect, test } from "vitest";
import { choice, integer, linspace, parameter } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import { narrowedSpace, parseAssignments } from "./narrowing.ts";

const space = createSpace({
  layers: choice([1, 2]),
  name: choice(["1", "two=2"]),
  rate: linspace(0, 1, 3),
  model: { depth: integer(1, 9) },
  input: parameter(),
});

describe("name=value", () => {
  test("gives a parameter the type that its dimension has", () => {
    const values = parseAssignments(space, ["layers=2", "name=1", "rate=0.25", "model.depth=3"]);
    expect(Object.fromEntries(values)).toEqual({
      layers: 2,
      name: "1",
      rate: 0.25,
      "model.depth": 3,
    });
  });

  test("is split at its first =", () => {
    expect(parseAssignments(space, ["name=two=2"]).get("name")).toBe("two=2");
  });

  test.each([
    [["layers"], "no assignment; write name=value"],
    [["=2"], "no assignment; write name=value"],
    [["layers=1", "layers=2"], '"layers" is given twice'],
  ])("that is none is told: %j", (texts, message) => {
    expect(() => parseAssignments(space, texts)).toThrow(message);
  });

  test.each([
    [["layers=7"], "INVALID_VALUE"],
    [["layer=1"], "INVALID_VALUE"],
  ])("with a value or a name that does not fit is %s %s", (texts, code) => {
    expect(() => narrowedSpace(space, texts)).toThrow(expect.objectContaining({ code }));
  });
});

describe("what is run", () => {
  test.each([[undefined], [[]], [{}]])("is everything when nothing is fixed: %j", (narrow) => {
    expect(narrowedSpace(space, narrow)).toBeUndefined();
  });

  test("is the same for texts and for values", () => {
    const texts = narrowedSpace(space, ["layers=2", "rate=0.5"]);
    const values = narrowedSpace(space, { layers: 2, rate: 0.5 });
    expect(texts?.fixed).toEqual(values?.fixed);
    expect(values?.fixed).toEqual(
      new Map<string, unknown>([
        ["layers", 2],
        ["rate", 0.5],
      ]),
    );
  });
});
