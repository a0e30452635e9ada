import { describe, expect, test } from "vitest";
import { formatBytes, formatPercent, formatTime, formatValue, oneLine } from "./format-value.ts";

test.each<[unknown, string]>([
  [0.1 + 0.2, "0.3"],
  [1234567, "1234567"],
  [0.00000123456789, "1.23457e-6"],
  [-Infinity, "-Infinity"],
  ["a\tb", "a b"],
  [null, ""],
  [undefined, ""],
  [false, "false"],
  [5n, "5"],
  [new Date(0), "1970-01-01 00:00:00"],
  [[1, { a: "b" }], '[1, {"a": "b"}]'],
  ["x".repeat(100), `${"x".repeat(59)}…`],
])("%o is shown as %s", (value, shown) => {
  expect(formatValue(value)).toBe(shown);
});

test("a text is cut between characters", () => {
  expect(oneLine("🐧🐧🐧", 2)).toBe("🐧…");
  expect(oneLine("🐧🐧🐧", 3)).toBe("🐧🐧🐧");
});

describe("numbers for people", () => {
  test("a share is 100% only when all is done", () => {
    expect([0, 0.9999, 1, null].map(formatPercent)).toEqual(["0%", "99%", "100%", ""]);
  });

  test("sizes", () => {
    expect([0, 999, 1000, 12_345_678, 5e12].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "12.3 MB",
      "5000.0 GB",
    ]);
  });

  test("times are in UTC", () => {
    expect(formatTime("2026-01-31T14:05:09.123Z")).toBe("2026-01-31 14:05:09");
  });
});
