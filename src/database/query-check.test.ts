import { expect, test } from "vitest";
import { QueryCheck } from "./query-check.ts";

test("what was accepted of some fields is not taken for another field whose name looks like theirs", () => {
  const check = new QueryCheck("items", [{ fields: ["a", "b"] }]);
  check.check({ a: 1, b: 2 }, {});
  check.check({ a: 3, b: "x" }, {});
  for (const name of ["a\nb", "a 1 b", "a b", "1 a 1 b"]) {
    expect(() => check.check({ [name]: 1 }, {})).toThrow(
      expect.objectContaining({ code: "INVALID_QUERY" }),
    );
  }
});
