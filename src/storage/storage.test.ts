import { describe, expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import { describeStorageContract } from "../testing/describe-storage-contract.ts";
import { openStorage } from "./open-storage.ts";
import { createStorage } from "./storage.ts";

const runner = { describe, test, expect };

describe("sqlite", () => {
  const url = (path: string): string => `sqlite:${path}?durability=normal`;
  describeStorageContract({
    runner,
    isPersistent: true,
    open: async (settings) => {
      const folder = await projectFolder({});
      return await openStorage(url(folder.path("contract.db")), settings);
    },
    reopen: async ({ location }, settings) => await openStorage(url(location), settings),
  });
});

describe("memory", () => {
  describeStorageContract({
    runner,
    isPersistent: false,
    open: async (settings) => await openStorage("memory:", settings),
    reopen: ({ database }, { leaseMs = 30_000, wallClock = () => new Date() }) =>
      Promise.resolve(createStorage({ database, leaseMs, wallClock })),
  });
});
