import type { CollectionDeclaration, Database } from "../database/contract.ts";
import { batchTests } from "./database/batches.ts";
import { changeTests } from "./database/changes.ts";
import { claimTests } from "./database/claims.ts";
import { contractCollections } from "./database/collections.ts";
import { idTests } from "./database/ids.ts";
import { indexTests } from "./database/indexes.ts";
import { lifecycleTests } from "./database/lifecycle.ts";
import { operatorTests } from "./database/operators.ts";
import { orderTests } from "./database/order.ts";
import { pathTests } from "./database/paths.ts";
import type { DatabaseTests } from "./database/tests.ts";
import { valueTests } from "./database/values.ts";
import { NamedTests } from "./named-tests.ts";
import type { Exceptions, TestRunner } from "./runner.ts";

export interface DatabaseContractOptions {
  readonly runner: TestRunner;
  /** Opens an empty database that knows these collections. The suite defines them, and closes it. */
  readonly open: (collections: readonly CollectionDeclaration[]) => Promise<Database>;
  /** Opens the same data once more, beside the first. Left out where only one handle can have it. */
  readonly reopen?: (
    database: Database,
    collections: readonly CollectionDeclaration[],
  ) => Promise<Database>;
  /** What the backend says of itself. */
  readonly capabilities: Database["capabilities"];
  readonly exceptions?: Exceptions;
}

const parts: readonly (readonly [title: string, define: (tests: DatabaseTests) => void])[] = [
  ["operators", operatorTests],
  ["paths", pathTests],
  ["order, limit and selection", orderTests],
  ["values", valueTests],
  ["ids", idTests],
  ["changes", changeTests],
  ["claims", claimTests],
  ["indexes", indexTests],
  ["batches", batchTests],
  ["life of a database", lifecycleTests],
];

/**
 * The suite that every backend of the database contract passes.
 *
 * @example
 * describeDatabaseContract({
 *   runner: { describe, test, expect },
 *   capabilities: { atomicBatch: true, shared: true, views: false },
 *   open: async (collections) => await openMine(freshName(), collections),
 *   reopen: async (database, collections) => await openMine(database.location, collections),
 * });
 */
export function describeDatabaseContract(options: DatabaseContractOptions): void {
  const { runner, open, reopen, capabilities, exceptions } = options;
  const { describe, expect } = runner;
  const named = new NamedTests(runner, exceptions);

  const test: DatabaseTests["test"] = (name, body) => {
    named.add(name, async () => {
      const opened: Database[] = [];
      const keep = (database: Database): Database => {
        opened.push(database);
        return database;
      };
      try {
        const database = keep(await open(contractCollections));
        await database.define(contractCollections);
        const another = async (): Promise<Database> =>
          reopen === undefined ? database : keep(await reopen(database, contractCollections));
        await body(database, another);
      } finally {
        for (const database of opened.reverse()) await database.close();
      }
    });
  };

  describe("database contract", () => {
    for (const [title, define] of parts) {
      describe(title, () => {
        define({ test, expect, capabilities, isPersistent: reopen !== undefined });
      });
    }
    named.checkExceptions();
  });
}
