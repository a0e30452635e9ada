import type { Storage } from "../../storage/storage.ts";
import type { Expect } from "../runner.ts";

/** The settings of a handle that the suite varies; the usual ones where left out. */
export interface StorageSettings {
  /** How long a claim through this handle lasts. With 0 it is over at once, so that no test has to wait. */
  readonly leaseMs?: number;
  /** The clock behind the times that people read. */
  readonly wallClock?: () => Date;
}

/** What the parts of the storage suite are made with. */
export interface StorageTests {
  readonly expect: Expect;
  readonly isPersistent: boolean;
  /** A test on an empty storage; `again` opens the same data once more. */
  readonly test: (
    name: string,
    body: (
      storage: Storage,
      again: (settings?: StorageSettings) => Promise<Storage>,
    ) => Promise<void>,
  ) => void;
}
