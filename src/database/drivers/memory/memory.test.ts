import { describe, expect, test } from "vitest";
import { describeDatabaseContract } from "../../../testing/describe-database-contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { openMemory } from "./open.ts";

describeDatabaseContract({
  runner: { describe, test, expect },
  capabilities: { atomicBatch: true, shared: false, views: true },
  open: async (collections) => new ManagedDatabase(await openMemory(collections)),
});

test("each memory database is its own", async () => {
  const first = new ManagedDatabase(await openMemory([]));
  const second = new ManagedDatabase(await openMemory([]));
  await first.write("things", { a: 1 });
  expect(await second.count("things", {}, { scan: true })).toBe(0);
});
