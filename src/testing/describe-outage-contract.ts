import type { Storage } from "../storage/storage.ts";
import { NamedTests } from "./named-tests.ts";
import { restartTests } from "./outage/restarts.ts";
import type { OutageServer, OutageSettings, OutageTests } from "./outage/tests.ts";
import { waitingTests } from "./outage/waiting.ts";
import type { Exceptions, TestRunner } from "./runner.ts";

export interface OutageContractOptions {
  readonly runner: TestRunner;
  /** The server, running. Each test asks for it and leaves it running, so it may always be the same one. */
  readonly server: () => Promise<OutageServer>;
  /** Opens an empty storage on that server. The suite closes it. */
  readonly open: (settings: OutageSettings) => Promise<Storage>;
  /** Opens the same data once more, by a connection of its own. */
  readonly reopen: (storage: Storage, settings: OutageSettings) => Promise<Storage>;
  readonly exceptions?: Exceptions;
}

const parts: readonly (readonly [title: string, define: (tests: OutageTests) => void])[] = [
  ["waiting for the server", waitingTests],
  ["restarts in the middle", restartTests],
];

/**
 * The suite that every storage on a server passes: the server dies and comes back while many handles work,
 * and nothing is lost or done twice.
 *
 * @example
 * describeOutageContract({
 *   runner: { describe, test, expect },
 *   server: async () => (started ??= await startMine()),
 *   open: async (settings) => await openStorage(freshUrl(), settings),
 *   reopen: async (storage, settings) => await openStorage(urlOf(storage), settings),
 * });
 */
export function describeOutageContract(options: OutageContractOptions): void {
  const { runner, server, open, reopen, exceptions } = options;
  const { describe, expect } = runner;
  const named = new NamedTests(runner, exceptions);

  const test: OutageTests["test"] = (name, body) => {
    named.add(name, async () => {
      const opened: Storage[] = [];
      const keep = (storage: Storage): Storage => {
        opened.push(storage);
        return storage;
      };
      const running = await server();
      try {
        const storage = keep(await open({}));
        await body(running, storage, async (settings = {}) =>
          keep(await reopen(storage, settings)),
        );
      } finally {
        for (const storage of opened.reverse()) await storage.close();
      }
    });
  };

  describe("outage contract", () => {
    for (const [title, define] of parts) {
      describe(title, () => {
        define({ test, expect });
      });
    }
    named.checkExceptions();
  });
}
