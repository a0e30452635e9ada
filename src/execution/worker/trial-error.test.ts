import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { AssayError } from "../../errors/assay-error.ts";
import { toTrialError } from "./trial-error.ts";

describe("what is kept of what a trial threw", () => {
  test.each([
    [new Error("Diverged"), "Diverged"],
    [new RangeError("Diverged"), "RangeError: Diverged"],
    [new AssayError("INVALID_VALUE", "Too large"), "Too large"],
    [runInNewContext(`new TypeError("Elsewhere")`), "TypeError: Elsewhere"],
    ["a text", "Thrown: a text"],
    [{ code: 5 }, "Thrown: { code: 5 }"],
    [null, "Thrown: null"],
    [Object.create(null), "Thrown: [Object: null prototype] {}"],
    [Object.assign(new Error(), { message: { a: 1 } }), "{ a: 1 }"],
  ])("is its message: %s", (thrown, message) => {
    expect(toTrialError(thrown)).toMatchObject({ cause: "error", message });
  });

  test("is its stack, with that of its cause", () => {
    const { stack } = toTrialError(new Error("Outer", { cause: new TypeError("Inner") }));
    expect(stack).toMatch(/^Error: Outer\n\s+at [^]*\nCaused by: TypeError: Inner\n\s+at /);
  });

  test("is no stack where there is none, or one that is no text", () => {
    expect(toTrialError("a text")).not.toHaveProperty("stack");
    expect(toTrialError(Object.assign(new Error("x"), { stack: 5 }))).not.toHaveProperty("stack");
  });

  test("tells results that cannot be kept from code that failed", () => {
    expect(toTrialError(new AssayError("INVALID_RESULTS", "No loss")).cause).toBe("results");
  });
});
