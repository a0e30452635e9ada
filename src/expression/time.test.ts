import { expect, test } from "vitest";
import { parseTime } from "./time.ts";

test.each([
  ["2025-01", "2025-01-01T00:00:00.000Z"],
  ["2025-01-31", "2025-01-31T00:00:00.000Z"],
  ["2025-01-31 14:05", "2025-01-31T14:05:00.000Z"],
  ["2025-01-31T14:05:06.5", "2025-01-31T14:05:06.500Z"],
  ["2025-01-31T14:05:06Z", "2025-01-31T14:05:06.000Z"],
  ["2025-01-31T14:05+0100", "2025-01-31T13:05:00.000Z"],
  ["2025-01-31T14:05:06-05:30", "2025-01-31T19:35:06.000Z"],
])("%s is a time, in UTC without a zone", (text, iso) => {
  expect(parseTime(text)?.toISOString()).toBe(iso);
});

test.each([
  "",
  "2025",
  "20250131",
  "2025-13-01",
  "31.1.2025",
  "2025-01-31T25:00",
  "new",
  "2025-01-31Z",
])("%j is no time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});
