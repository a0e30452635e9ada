import { expect, test } from "vitest";
import { describeTransfer } from "./transfer-text.ts";

test("a transfer tells how far it is, how fast, and how much longer it takes", () => {
  const progress = {
    stage: "moving",
    experiment: "grid@2",
    trials: 20_000,
    total: 100_000,
  } as const;
  expect(describeTransfer("Copying", progress, 2000)).toBe(
    "Copying grid@2: 20,000 of 100,000 trials, 10,000/s, 8 s left",
  );
  expect(describeTransfer("Copying", progress, 100)).toBe(
    "Copying grid@2: 20,000 of 100,000 trials",
  );
});

test("an archive that is checked tells how many lines were read", () => {
  const progress = { stage: "checking", experiment: "", trials: 30_000, total: 0 } as const;
  expect(describeTransfer("Importing", progress, 2000)).toBe("Checking: 30,000 lines");
});
