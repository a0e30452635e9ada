import { describe, expect, test } from "vitest";
import { hybrid } from "./hybrid.ts";
import { processes } from "./processes.ts";
import { threads } from "./threads.ts";
import { checkCount } from "./worker-count.ts";

test.each([1, 2, 1024])("%s workers are possible", (count) => {
  expect(checkCount("workers", count)).toBe(count);
});

describe("a number of workers that cannot be", () => {
  test.each<[count: unknown, shown: string]>([
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [1025, "1025"],
    ["2", '"2"'],
    [null, "null"],
  ])("%s: one line names it and says what may be", (count, shown) => {
    const refusal = (name: string) =>
      expect.objectContaining({
        code: "USAGE",
        message: `${name} is a whole number from 1 to 1024, got ${shown}`,
      }) as Error;
    const given = count as number;
    expect(() => checkCount("workers", count)).toThrow(refusal("workers"));
    expect(() => threads(given)).toThrow(refusal("workers"));
    expect(() => processes(given)).toThrow(refusal("workers"));
    expect(() => hybrid({ processes: given, threadsPerProcess: 1 })).toThrow(refusal("processes"));
    expect(() => hybrid({ processes: 1, threadsPerProcess: given })).toThrow(
      refusal("threadsPerProcess"),
    );
  });

  test("is also one of all threads of all processes together", () => {
    expect(() => hybrid({ processes: 33, threadsPerProcess: 32 })).toThrow(
      "processes × threadsPerProcess is a whole number from 1 to 1024, got 1056",
    );
    expect(hybrid({ processes: 32, threadsPerProcess: 32 }).workers).toBe(1024);
  });
});
