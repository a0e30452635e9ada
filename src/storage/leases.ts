import {
  serverTime,
  type BatchOutcome,
  type Change,
  type Document,
  type Operation,
} from "../database/contract.ts";
import type { StorageContext } from "./context.ts";
import { holderCheck } from "./holders.ts";
import { claimWithin } from "./limited-claims.ts";
import { numberIn, optionalNumber, textIn } from "./records.ts";
import { supersededAttempt } from "./superseded.ts";

/** What proves that a worker may write to a trial. */
export interface Lease {
  readonly id: string;
  readonly token: number;
}

/** A trial that was claimed: all that is needed to run it. */
export interface ClaimedTrial extends Lease {
  readonly experiment: number;
  readonly number: number;
  /** The attempts that were started before. */
  readonly attempt: number;
  /** A text of the codec. */
  readonly params: string;
  readonly seed: number;
  /** How many attempts were lost with their coordinator, the last one included. */
  readonly losses: number;
  /** How many attempts failed and were followed by another. */
  readonly failures: number;
  /** The last attempt as it is to be kept when the next one starts; absent when there was none. */
  readonly superseded?: Document;
}

export interface ClaimOptions {
  /**
   * Claims no more than leaves this many trials completed, pruned or held. Never exceeded, whoever claims at
   * the same time, as long as all claim under a limit. Default: no limit.
   */
  readonly maxTrials?: number;
}

export interface LeaseStore {
  /**
   * Claims up to `limit` trials that are open, or whose lease is over, in the order of their numbers; each
   * under a new token and a lease. Of any number of concurrent callers no two get the same trial. None, when
   * the experiment was deleted. Throws `RangeError` unless `limit` is a whole number from 0.
   * @param holder who claims: `processIdentity()` and, behind a space, a name within the process
   */
  claimTrials(
    experiment: { readonly key: number },
    holder: string,
    limit: number,
    options?: ClaimOptions,
  ): Promise<ClaimedTrial[]>;
  /**
   * Claims those of some trials of one experiment that are open, in the order given. Trials that others hold,
   * that are finished, or that do not exist are left out: that is no error, and none is thrown for it.
   */
  claimTrialsById(
    ids: readonly string[],
    holder: string,
    options?: ClaimOptions,
  ): Promise<ClaimedTrial[]>;
  /** Prolongs leases. The outcomes tell, one for one, which are still held. */
  renewLeases(leases: readonly Lease[]): Promise<boolean[]>;
  /** Gives up the leases of processes of this machine that are provably gone. Returns how many trials came free. */
  releaseGoneHolders(experiment: { readonly key: number }): Promise<number>;
}

/** A claim from the document of the trial as it is under that claim. */
export function toClaimed(document: Document): ClaimedTrial {
  const superseded = supersededAttempt(document);
  const lost = superseded?.["status"] === "lost" ? 1 : 0;
  const claimed = {
    id: textIn(document, "id"),
    token: numberIn(document, "token"),
    experiment: numberIn(document, "experiment"),
    number: numberIn(document, "number"),
    attempt: numberIn(document, "attempt"),
    params: textIn(document, "params"),
    seed: numberIn(document, "seed"),
    losses: (optionalNumber(document, "losses") ?? 0) + lost,
    failures: optionalNumber(document, "failures") ?? 0,
  };
  return superseded === undefined ? claimed : { ...claimed, superseded };
}

/** The change by which a holder claims a trial. */
function claimChange(holder: string, leaseMs: number): Change {
  return {
    set: { status: "reserved", holder, availableAt: serverTime(leaseMs) },
    increment: { token: 1 },
  };
}

/** Claims a trial if it is open. */
export function claimOperation(id: string, holder: string, leaseMs: number): Operation {
  return {
    kind: "readAndWrite",
    collection: "trials",
    query: { id, availableAt: { $lte: serverTime() } },
    change: claimChange(holder, leaseMs),
    unit: id,
  };
}

function claimsIn(outcome: BatchOutcome): ClaimedTrial[] {
  if (!outcome.applied) return [];
  return outcome.results.flatMap(({ documents }) => documents.map(toClaimed));
}

function idsOf(documents: readonly Document[]): string[] {
  return documents.map((document) => textIn(document, "id"));
}

export function createLeaseStore(context: StorageContext): LeaseStore {
  const { database, leaseMs } = context;

  return {
    async claimTrials({ key }, holder, limit, { maxTrials = Infinity } = {}) {
      const query = { experiment: key, availableAt: { $lte: serverTime() } };
      const sort = [{ field: "availableAt" }, { field: "number" }];
      const change = claimChange(holder, leaseMs);
      const all: Operation[] = [
        { kind: "readAndWrite", collection: "trials", query, change, sort, limit },
      ];
      if (maxTrials === Infinity) return claimsIn(await database.batch(all));
      const claimed = await claimWithin(database, key, maxTrials, {
        all,
        async open(places) {
          const options = { sort, limit: Math.min(limit, places), select: ["id"] };
          return idsOf(await database.read("trials", query, options));
        },
        one: (id) => claimOperation(id, holder, leaseMs),
      });
      return claimed.map(toClaimed);
    },

    async claimTrialsById(ids, holder, { maxTrials = Infinity } = {}) {
      const one = (id: string): Operation => claimOperation(id, holder, leaseMs);
      const all = ids.map(one);
      if (maxTrials === Infinity) return claimsIn(await database.batch(all));
      const those = { id: { $in: ids } };
      const [first] = await database.read("trials", those, { limit: 1, select: ["experiment"] });
      if (first === undefined) return [];
      const key = numberIn(first, "experiment");
      const claimed = await claimWithin(database, key, maxTrials, {
        all,
        async open(places) {
          const query = { ...those, availableAt: { $lte: serverTime() } };
          const found = await database.read("trials", query, { select: ["id"], scan: true });
          const open = new Set(idsOf(found));
          return ids.filter((id) => open.has(id)).slice(0, places);
        },
        one,
      });
      return claimed.map(toClaimed);
    },

    async renewLeases(leases) {
      const outcome = await database.batch(
        leases.map(({ id, token }): Operation => ({
          kind: "update",
          collection: "trials",
          query: { id, token, status: "reserved" },
          change: { set: { availableAt: serverTime(leaseMs) } },
          unit: id,
        })),
      );
      return leases.map((_, i) => outcome.applied && (outcome.results[i]?.count ?? 0) > 0);
    },

    async releaseGoneHolders({ key }) {
      const reserved = await database.read(
        "trials",
        { experiment: key, status: "reserved" },
        { select: ["id", "token", "holder", "availableAt"] },
      );
      const isGone = holderCheck();
      const operations = reserved
        .filter((document) => numberIn(document, "availableAt") > 0)
        .filter((document) => isGone(textIn(document, "holder")))
        .map(({ id, token }): Operation => ({
          kind: "update",
          collection: "trials",
          query: { id, token, status: "reserved" },
          change: { set: { availableAt: 0 } },
        }));
      if (operations.length === 0) return 0;
      const outcome = await database.batch(operations);
      return outcome.applied ? outcome.results.reduce((sum, { count }) => sum + count, 0) : 0;
    },
  };
}
