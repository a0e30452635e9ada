import type { Database } from "../database/contract.ts";

/** What every operation of storage works with. Clock, ids and randomness come from outside for tests. */
export interface StorageContext {
  readonly database: Database;
  /** The wall clock, for times that people read; leases use the database's. */
  readonly wallClock: () => Date;
  /** How long a claim lasts without being renewed. */
  readonly leaseMs: number;
}

/** The time now as it is stored. */
export function timestamp(context: StorageContext): string {
  return context.wallClock().toISOString();
}
