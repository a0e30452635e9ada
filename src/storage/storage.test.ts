import { describe, expect, test } from "vitest";
import { oneByOne } from "../../test/support/one-by-one.ts";
import { projectFolder } from "../../test/support/project-folder.ts";
import { describeStorageContract } from "../testing/describe-storage-contract.ts";
import type { StorageSettings } from "../testing/storage/tests.ts";
import { openStorage } from "./open-storage.ts";
import { createStorage, type Storage } from "./storage.ts";

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

describe("a backend without atomic batches", () => {
  const split = (
    { database }: Pick<Storage, "database">,
    { leaseMs = 30_000, wallClock = () => new Date() }: StorageSettings,
  ): Storage => createStorage({ database, leaseMs, wallClock });
  describeStorageContract({
    runner,
    isPersistent: false,
    open: async (settings) => {
      const { database } = await openStorage("memory:");
      return split({ database: oneByOne(database) }, settings);
    },
    reopen: (storage, settings) => Promise.resolve(split(storage, settings)),
  });
});
