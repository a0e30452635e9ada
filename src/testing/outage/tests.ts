import type { Storage } from "../../storage/storage.ts";
import type { Expect } from "../runner.ts";
import type { StorageSettings } from "../storage/tests.ts";

/** A server that the suite may end and start again; its data stays. `TestServer` of the tests is one. */
export interface OutageServer {
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Starts it again on its data, and waits until it answers. */
  start(): Promise<void>;
}

/** The settings of a handle that the suite varies; the usual ones where left out. */
export interface OutageSettings extends StorageSettings {
  readonly patienceMs?: number;
  readonly onOutage?: (error: unknown) => void;
}

/** What the parts of the outage suite are made with. */
export interface OutageTests {
  readonly expect: Expect;
  /** A test on an empty storage; `again` opens the same data once more, by a connection of its own. */
  readonly test: (
    name: string,
    body: (
      server: OutageServer,
      storage: Storage,
      again: (settings?: OutageSettings) => Promise<Storage>,
    ) => Promise<void>,
  ) => void;
}
