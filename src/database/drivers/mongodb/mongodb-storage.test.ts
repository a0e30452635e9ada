import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { describeStorageContract } from "../../../testing/describe-storage-contract.ts";

const url = serverUrl("MongoDB");

describe.skipIf(url === undefined)("MongoDB", () => {
  describeStorageContract({
    runner: { describe, test, expect },
    isPersistent: true,
    open: async (settings) => {
      const name = `assay_test_${randomUUID().slice(0, 13)}`;
      return await openStorage(`${url ?? ""}/${name}`, settings);
    },
    reopen: async ({ location }, settings) => await openStorage(location, settings),
  });
});
