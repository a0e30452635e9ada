import type { Database } from "../../database/contract.ts";
import type { Expect } from "../runner.ts";

/** What the parts of the database suite are made with. */
export interface DatabaseTests {
  readonly expect: Expect;
  readonly capabilities: Database["capabilities"];
  readonly isPersistent: boolean;
  /** A test on an empty database; `another` opens it once more, or is the same one where it cannot be. */
  readonly test: (
    name: string,
    body: (database: Database, another: () => Promise<Database>) => Promise<void>,
  ) => void;
}
