import { expect, test } from "vitest";
import { parseTrialStatus, trialStatuses } from "./status.ts";

test("every status is one, and nothing else", () => {
  for (const status of trialStatuses) expect(parseTrialStatus(status)).toBe(status);
  for (const text of ["", "New", "garbage", "lost"]) {
    expect(() => parseTrialStatus(text)).toThrow(
      expect.objectContaining({ code: "INVALID_VALUE" }),
    );
  }
});

test("a slip is answered with the nearest status", () => {
  expect(() => parseTrialStatus("complete")).toThrow(
    'Unknown status "complete"; did you mean "completed"? (one of new, reserved,',
  );
});
