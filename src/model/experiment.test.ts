import { expect, test } from "vitest";
import { checkedName, parseExperimentName } from "./experiment.ts";

test("a name may be followed by a version", () => {
  expect(parseExperimentName("penguins")).toEqual({ name: "penguins" });
  expect(parseExperimentName("penguins@2")).toEqual({ name: "penguins", version: 2 });
});

test.each(["a", "Größe", "a b", "a/b.c:d+e-f_g", "7", "_x"])("%s may be a name", (name) => {
  expect(checkedName(name)).toBe(name);
});

test.each(["", " a", "a ", "-a", "a@b", "a\nb", "a\0b", "😀", "x".repeat(201)])(
  "%j may not be a name",
  (name) => {
    expect(() => checkedName(name)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  },
);

test.each(["a@", "a@x", "a@0", "a@-1", "a@1.5", "@2", "a@b@2"])(
  "%s does not name an experiment",
  (text) => {
    expect(() => parseExperimentName(text)).toThrow(
      expect.objectContaining({ code: "INVALID_VALUE" }),
    );
  },
);
