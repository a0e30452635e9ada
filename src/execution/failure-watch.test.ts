import { describe, expect, test } from "vitest";
import { FailureWatch } from "./failure-watch.ts";

const failure = (message: string) => ({ cause: "error", message }) as const;

describe("the first ten trials that all break in the same way", () => {
  test("are a reason to stop, with the last message", () => {
    const watch = new FailureWatch(undefined);
    const reasons = Array.from({ length: 11 }, (_, i) => watch.broke(i, failure("No such file")));
    expect(reasons.slice(0, 9).filter((reason) => reason !== undefined)).toEqual([]);
    expect(reasons[9]).toBe("The first 10 trials all broke in the same way: No such file");
    expect(reasons[10]).toBeUndefined();
  });

  test("may differ in the numbers of their messages", () => {
    const watch = new FailureWatch(undefined);
    const reasons = Array.from({ length: 10 }, (_, i) => watch.broke(i, failure(`Row ${i} of 3`)));
    expect(reasons.at(-1)).toContain("Row 9 of 3");
  });

  test("are none when one broke otherwise", () => {
    const watch = new FailureWatch(undefined);
    const messages = ["a", "a", "b", ...Array<string>(20).fill("a")];
    const reasons = messages.map((message, i) => watch.broke(i, failure(message)));
    expect(new Set(reasons)).toEqual(new Set([undefined]));
  });

  test.each([
    ["completed", "go on"],
    ["pruned", "go on"],
    ["interrupted", "stop"],
  ])("when one before them was %s: %s", (status, outcome) => {
    const watch = new FailureWatch(undefined);
    watch.went(status);
    const reasons = Array.from({ length: 20 }, (_, i) => watch.broke(i, failure("a")));
    const isStopped = reasons.some((reason) => reason !== undefined);
    expect(isStopped ? "stop" : "go on").toBe(outcome);
  });
});

describe("a limit of broken trials", () => {
  test("is a reason to stop when it is reached, whatever else ended", () => {
    const watch = new FailureWatch(2);
    watch.went("completed");
    expect(watch.broke(4, failure("a"))).toBeUndefined();
    expect(watch.broke(7, failure("b"))).toBe(
      "2 trials are broken, the limit is 2; the last one, number 7: b",
    );
  });

  test("beyond ten does not keep ten equal failures from being one", () => {
    const watch = new FailureWatch(50);
    const reasons = Array.from({ length: 10 }, (_, i) => watch.broke(i, failure("a")));
    expect(reasons.at(-1)).toContain("in the same way");
  });
});
