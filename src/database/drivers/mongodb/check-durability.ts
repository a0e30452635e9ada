import type { Db, WriteConcernSettings } from "mongodb";
import { AssayError } from "../../../errors/assay-error.ts";

export interface Durability {
  /** What every write waits for. */
  readonly writeConcern: WriteConcernSettings;
  /** What of it is less than it might be, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Every write waits until most servers have it in their journal, unless the user chose less. Throws
 * `INVALID_VALUE` for writes that are not acknowledged at all: nobody would know which came to pass.
 */
export async function checkDurability(db: Db, given: WriteConcernSettings): Promise<Durability> {
  if (given.w === 0) {
    throw new AssayError(
      "INVALID_VALUE",
      "w=0 does not tell whether a write came to pass; leave it out, or choose w=1 or w=majority",
    );
  }
  const journal = given.journal ?? true;
  const { w = "majority", wtimeoutMS } = given;
  const warnings: string[] = [];
  if (w === 1) {
    warnings.push(
      "w=1: what the first server of a replica set acknowledged is lost when another takes over before it has it",
    );
  }
  if (!journal) {
    warnings.push("journal=false: a crash of the server may lose the writes of its last moments");
  }
  if (await isInMemory(db)) {
    warnings.push(
      "storageEngine: the server keeps its data in memory only; all is lost when it ends",
    );
  }
  const writeConcern = { w, journal, ...(wtimeoutMS === undefined ? {} : { wtimeoutMS }) };
  return { writeConcern, warnings };
}

/** Whether the server says that its data does not outlive it. One that does not let us ask is taken at its best. */
async function isInMemory(db: Db): Promise<boolean> {
  try {
    const { storageEngine } = (await db.command({ serverStatus: 1 })) as {
      storageEngine?: { persistent?: unknown };
    };
    return storageEngine?.persistent === false;
  } catch (error) {
    // Not every user may ask, and not every server has an answer.
    if (error instanceof Error && error.name === "MongoServerError") return false;
    throw error;
  }
}
