import { setTimeout as sleep } from "node:timers/promises";
import { serverTime, type Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { encodeValue } from "../values/encode.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { decodedIn, numberIn, optionalNumber, optionalText } from "./records.ts";

/** What is known of an experiment's lock without taking it. */
export interface AlgorithmLockInfo {
  readonly locked: boolean;
  readonly owner: string | null;
  /** Who held it last and never gave it back: the lease is over. Absent otherwise. */
  readonly leftBy?: string;
  readonly state: unknown;
}

/** The lock while it is held. `state` is what the holder before saved. */
export interface AlgorithmLock {
  readonly state: unknown;
  /** Prolongs the lease; false when it is lost. */
  renew(): Promise<boolean>;
  /** Gives the lock back, with a new state if one is given. Throws `LEASE_LOST` when it is held no longer. */
  release(state?: unknown): Promise<void>;
}

export interface AcquireOptions {
  readonly owner: string;
  /** How long to wait for it, 60 s unless told; then `LOCK_TIMEOUT`. */
  readonly timeoutMs?: number;
  readonly retryMs?: number;
}

export interface AlgorithmLockStore {
  /**
   * Waits for the lock of an experiment's algorithm and takes it, with the state that its holder before saved.
   * Throws `LOCK_TIMEOUT` when it cannot be had in time, or `NOT_FOUND`.
   */
  acquireAlgorithmLock(experiment: ExperimentRef, options: AcquireOptions): Promise<AlgorithmLock>;
  /** Whether the lock is held, by whom, and its state. Throws `NOT_FOUND`. */
  getAlgorithmLockInfo(experiment: ExperimentRef): Promise<AlgorithmLockInfo>;
  /**
   * Takes the lock from whoever has it (fencing it off), or only from the owner that is given. True when
   * somebody had it. Throws `NOT_FOUND`.
   */
  releaseAlgorithmLock(
    experiment: ExperimentRef,
    options?: { readonly owner?: string },
  ): Promise<boolean>;
  /**
   * Forgets lock and state; the state can be rebuilt from the trials. Returns how many (0 or 1). Throws
   * `NOT_FOUND`.
   */
  deleteAlgorithmLock(experiment: ExperimentRef): Promise<number>;
}

export function createAlgorithmLockStore(
  { database, leaseMs }: StorageContext,
  experiments: ExperimentStore,
): AlgorithmLockStore {
  async function tryAcquire(experiment: number, owner: string): Promise<Document | undefined> {
    const outcome = await database.batch([
      {
        kind: "insert",
        collection: "locks",
        documents: [{ experiment, token: 0, expiresAt: 0 }],
        ifAbsent: true,
      },
      {
        kind: "update",
        collection: "locks",
        query: { experiment, expiresAt: null },
        change: { set: { expiresAt: 0 } },
      },
      {
        kind: "readAndWrite",
        collection: "locks",
        query: { experiment, expiresAt: { $lte: serverTime() } },
        change: { set: { owner, expiresAt: serverTime(leaseMs) }, increment: { token: 1 } },
      },
    ]);
    return outcome.applied ? outcome.results[2]?.documents[0] : undefined;
  }

  function held(document: Document): AlgorithmLock {
    const query = {
      experiment: document["experiment"],
      token: numberIn(document, "token"),
      expiresAt: { $gt: 0 },
    };
    return {
      state: decodedIn(document, "state"),
      async renew() {
        const change = { set: { expiresAt: serverTime(leaseMs) } };
        return (await database.write("locks", change, query)) > 0;
      },
      async release(state) {
        const set = state === undefined ? {} : { state: encodeValue(state, "state") };
        const change = { set: { ...set, expiresAt: 0 }, unset: ["owner"] };
        if ((await database.write("locks", change, query)) > 0) return;
        throw new AssayError("LEASE_LOST", "The algorithm's lock is no longer held by this owner");
      },
    };
  }

  return {
    async acquireAlgorithmLock(ref, { owner, timeoutMs = 60_000, retryMs = 50 }) {
      const { key, name } = await experiments.getExperiment(ref);
      const giveUpAt = performance.now() + timeoutMs;
      for (;;) {
        const document = await tryAcquire(key, owner);
        if (document !== undefined) return held(document);
        const left = giveUpAt - performance.now();
        if (left <= 0) {
          throw new AssayError(
            "LOCK_TIMEOUT",
            `The algorithm's lock of "${name}" could not be had within ${String(timeoutMs)} ms`,
            { details: { name, timeoutMs } },
          );
        }
        await sleep(Math.min(left, retryMs * (0.5 + Math.random())));
      }
    },

    async getAlgorithmLockInfo(ref) {
      const { key } = await experiments.getExperiment(ref);
      const [document] = await database.read("locks", { experiment: key });
      const expiresAt = document && optionalNumber(document, "expiresAt");
      if (document === undefined || expiresAt === null || expiresAt === undefined) {
        return { locked: false, owner: null, state: undefined };
      }
      const locked = expiresAt > (await database.now());
      const owner = optionalText(document, "owner");
      const isLeft = !locked && owner !== null;
      return {
        locked,
        owner: locked ? owner : null,
        ...(isLeft ? { leftBy: owner } : {}),
        state: decodedIn(document, "state"),
      };
    },

    async releaseAlgorithmLock(ref, { owner } = {}) {
      const { key } = await experiments.getExperiment(ref);
      const change = { set: { expiresAt: 0 }, unset: ["owner"], increment: { token: 1 } };
      const query = { experiment: key, expiresAt: { $gt: 0 } };
      const held = owner === undefined ? query : { ...query, owner };
      return (await database.write("locks", change, held)) > 0;
    },

    async deleteAlgorithmLock(ref) {
      const { key } = await experiments.getExperiment(ref);
      // The token stays, so that no later holder gets one that was used.
      return await database.write(
        "locks",
        { unset: ["owner", "state", "expiresAt"], increment: { token: 1 } },
        { experiment: key, expiresAt: { $exists: true } },
      );
    },
  };
}
