import type { Lease, LeaseStore } from "../storage/leases.ts";

/** What a thread that renews leases is started with: the storage, and how long a lease lasts. */
export interface LeaseThreadData {
  readonly url: string;
  readonly leaseMs: number;
}

/** Hears of a lease that is no longer held. */
export type OnLost = (lease: Lease) => void;

/** Renews leases and tells which were lost. */
export async function renew(
  storage: LeaseStore,
  leases: readonly Lease[],
  onLost: OnLost,
): Promise<void> {
  if (leases.length === 0) return;
  // A storage that cannot be reached now may be reachable at the next turn: two of them fit in a lease.
  const outcomes = await storage.renewLeases(leases).catch(() => undefined);
  for (const [i, { id, token }] of leases.entries()) {
    if (outcomes?.[i] === false) onLost({ id, token });
  }
}
