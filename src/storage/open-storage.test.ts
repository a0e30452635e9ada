import { expect, test } from "vitest";
import { openStorage } from "./open-storage.ts";

test.each([
  [{ leaseMs: NaN }, "leaseMs is a number of milliseconds, got NaN"],
  [{ leaseMs: Infinity }, "leaseMs is a number of milliseconds, got Infinity"],
  [{ patienceMs: -1 }, "patienceMs is a number of milliseconds, got -1"],
  [{ patienceMs: NaN }, "patienceMs is a number of milliseconds, got NaN"],
])("a storage is not opened with %o", async (options, message) => {
  await expect(openStorage("memory:", options)).rejects.toMatchObject({ code: "USAGE", message });
});

test("a storage may wait for ever", async () => {
  await using storage = await openStorage("memory:", { patienceMs: Infinity });
  expect(await storage.findExperiment("none")).toBeUndefined();
});
