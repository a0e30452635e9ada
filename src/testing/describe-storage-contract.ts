import type { Storage } from "../storage/storage.ts";
import { NamedTests } from "./named-tests.ts";
import type { Exceptions, TestRunner } from "./runner.ts";
import { administrationTests } from "./storage/administration.ts";
import { algorithmLockTests } from "./storage/algorithm-lock.ts";
import { artifactTests } from "./storage/artifacts.ts";
import { attemptTests } from "./storage/attempts.ts";
import { claimAheadTests } from "./storage/claim-ahead.ts";
import { claimTests } from "./storage/claims.ts";
import { codeTests } from "./storage/code.ts";
import { contentTests } from "./storage/content.ts";
import { deletionTests } from "./storage/deletion.ts";
import { experimentTests } from "./storage/experiments.ts";
import { insertionTests } from "./storage/insertion.ts";
import { largeResultsTests } from "./storage/large-results.ts";
import { lifecycleTests } from "./storage/lifecycle.ts";
import { limitTests } from "./storage/limits.ts";
import { metricTests } from "./storage/metrics.ts";
import { outputTests } from "./storage/output.ts";
import { readingTests } from "./storage/reading.ts";
import { registrationTests } from "./storage/registration.ts";
import { renewalTests } from "./storage/renewal.ts";
import { reportTests } from "./storage/reports.ts";
import { restoreTests } from "./storage/restore.ts";
import { runTests } from "./storage/runs.ts";
import { snapshotTests } from "./storage/snapshots.ts";
import type { StorageSettings, StorageTests } from "./storage/tests.ts";
import { transitionTests } from "./storage/transitions.ts";

export interface StorageContractOptions {
  readonly runner: TestRunner;
  /** Opens an empty storage. The suite closes it. */
  readonly open: (settings: StorageSettings) => Promise<Storage>;
  /** Opens the same data once more, beside the first, with other settings. */
  readonly reopen: (storage: Storage, settings: StorageSettings) => Promise<Storage>;
  /** Whether what was written outlives the first handle. */
  readonly isPersistent: boolean;
  readonly exceptions?: Exceptions;
}

const parts: readonly (readonly [title: string, define: (tests: StorageTests) => void])[] = [
  ["experiments", experimentTests],
  ["restore", restoreTests],
  ["registration", registrationTests],
  ["inserted trials", insertionTests],
  ["states of a trial", transitionTests],
  ["claims and fencing", claimTests],
  ["claims under a limit", limitTests],
  ["claims ahead of the cursor", claimAheadTests],
  ["reports", reportTests],
  ["attempts", attemptTests],
  ["administrative changes", administrationTests],
  ["broken trials made new", renewalTests],
  ["reading trials", readingTests],
  ["snapshots", snapshotTests],
  ["artifacts", artifactTests],
  ["stored content", contentTests],
  ["large results", largeResultsTests],
  ["metrics", metricTests],
  ["output", outputTests],
  ["algorithm lock", algorithmLockTests],
  ["runs", runTests],
  ["code", codeTests],
  ["deletion", deletionTests],
  ["life of a storage", lifecycleTests],
];

/**
 * The suite that every implementation of the storage protocol passes: over each backend of the database
 * contract, and over HTTP.
 *
 * @example
 * describeStorageContract({
 *   runner: { describe, test, expect },
 *   open: async (settings) => await openStorage(freshUrl(), settings),
 *   reopen: async ({ location }, settings) => await openStorage(location, settings),
 *   isPersistent: true,
 * });
 */
export function describeStorageContract(options: StorageContractOptions): void {
  const { runner, open, reopen, isPersistent, exceptions } = options;
  const { describe, expect } = runner;
  const named = new NamedTests(runner, exceptions);

  const test: StorageTests["test"] = (name, body) => {
    named.add(name, async () => {
      const opened: Storage[] = [];
      const keep = (storage: Storage): Storage => {
        opened.push(storage);
        return storage;
      };
      try {
        const storage = keep(await open({}));
        await body(storage, async (settings = {}) => keep(await reopen(storage, settings)));
      } finally {
        for (const storage of opened.reverse()) await storage.close();
      }
    });
  };

  describe("storage contract", () => {
    for (const [title, define] of parts) {
      describe(title, () => {
        define({ test, expect, isPersistent });
      });
    }
    named.checkExceptions();
  });
}
